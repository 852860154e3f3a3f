using System.Collections;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Npgsql;

namespace KubeIdP.Server.Configuration;

/// <summary>
/// The configuration in use, key by key: for display, and as a fingerprint that shows whether two starts used the same configuration.
/// </summary>
internal static class EffectiveSettings
{
    public const string Masked = "(hidden)";

    // The fingerprint is logged, so a simple hash would let others find a weak password by trying.
    private const int SecretIterations = 100_000;

    /// <param name="sourceOf">Where a key was set; null if it was not set.</param>
    public static IReadOnlyList<SettingInForce> List(object settings, Func<string, string?> sourceOf) =>
        [.. Leaves(settings, "", null)
            .Select(leaf =>
                new SettingInForce(leaf.Key, leaf.Secret is null ? leaf.Text : MaskedText(leaf), sourceOf(leaf.Key) ?? "default"))];

    /// <summary>The first 16 hexadecimal digits of a SHA-256 over all keys and values.</summary>
    public static string Fingerprint(object settings)
    {
        // As JSON, so that no value can imitate the next line.
        var lines = Leaves(settings, "", null)
            .Select(leaf => JsonSerializer.Serialize((string?[])[leaf.Key, leaf.Secret is null ? leaf.Text : SecretText(leaf)]));
        var canonical = string.Join('\n', lines.Order(StringComparer.Ordinal));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))[..16];
    }

    /// <summary>As it would be written in the file.</summary>
    public static string Text(object value) => value switch
    {
        Enum choice => SettingsBinder.Spelling(choice.ToString()),
        bool flag => flag ? "true" : "false",
        DateOnly date => date.ToString(SettingsBinder.DateFormat, CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static IEnumerable<Leaf> Leaves(object? value, string key, SecretAttribute? secret)
    {
        switch (value)
        {
            case null or string:
            case { } when SettingsBinder.IsScalar(value.GetType()):
                return [new(key, value is null ? null : Text(value), secret)];
            case IDictionary map:
                return map.Keys.Cast<string>().SelectMany(name => Leaves(map[name], $"{key}.{name}", secret));
            case IEnumerable list:
                var items = list.Cast<object>().SelectMany((item, i) => Leaves(item, $"{key}[{i}]", secret)).ToList();
                return items.Count > 0 ? items : [new(key, "[]", null)];
            default:
                return SettingsBinder.KeysOf(value.GetType()).SelectMany(property => Leaves(
                    property.GetValue(value), SettingsBinder.Join(key, property), SecretAttribute.Of(property)));
        }
    }

    private static string? MaskedText(Leaf leaf)
    {
        if (leaf.Text is null || leaf.Secret is not { IsConnectionString: true }) return leaf.Text is null ? null : Masked;

        var connection = new NpgsqlConnectionStringBuilder(leaf.Text);
        if (connection.Password is not null) connection.Password = Masked;
        if (connection.SslPassword is not null) connection.SslPassword = Masked;
        return connection.ToString();
    }

    private static string? SecretText(Leaf leaf) => leaf.Text is null
        ? null
        : Convert.ToHexStringLower(
            Rfc2898DeriveBytes.Pbkdf2(leaf.Text, Encoding.UTF8.GetBytes($"KubeIdP {leaf.Key}"), SecretIterations, HashAlgorithmName.SHA256,
                32));

    private sealed record Leaf(string Key, string? Text, SecretAttribute? Secret);
}
