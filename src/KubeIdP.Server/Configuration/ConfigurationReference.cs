using System.Reflection;
using System.Text;

namespace KubeIdP.Server.Configuration;

/// <summary>
/// The page of all keys, generated from the option records and the documentation comments of their properties. A key without a comment
/// throws, because every option must be explained.
/// </summary>
internal sealed class ConfigurationReference
{
    private const string AnyName = "NAME";

    private readonly XmlSummaries summaries;
    private readonly List<Entry> entries = [];
    private readonly Dictionary<string, string> keyOfProperty = new(StringComparer.Ordinal);

    private ConfigurationReference(XmlSummaries summaries) => this.summaries = summaries;

    /// <typeparam name="T">The record of all keys.</typeparam>
    public static string Render<T>() where T : new()
    {
        var reference = new ConfigurationReference(XmlSummaries.Load());
        reference.Collect(typeof(T), new T(), "");
        return reference.Page();
    }

    /// <param name="kind">The type of the key that decides which record an entry has; it has no default.</param>
    private void Collect(Type type, object defaults, string key, Type? kind = null)
    {
        foreach (var property in SettingsBinder.KeysOf(type))
        {
            var path = SettingsBinder.Join(key, property);
            keyOfProperty.TryAdd($"P:{property.DeclaringType!.FullName}.{property.Name}", path);

            var value = property.PropertyType == kind ? null : property.GetValue(defaults);
            if (SettingsBinder.ElementOfMap(property.PropertyType) is { } text && SettingsBinder.IsScalar(text))
            {
                entries.Add(new(property, $"{path}.{AnyName}", IsGroup: false, null));
            }
            else if (SettingsBinder.ElementOfMap(property.PropertyType) is { } element)
            {
                entries.Add(new(property, $"{path}.{AnyName}", IsGroup: true, null));
                var kinds = KindAttribute.Of(property);
                foreach (var record in kinds is [] ? [element] : kinds.Select(one => one.Options).Distinct())
                    Collect(record, Activator.CreateInstance(record)!, $"{path}.{AnyName}",
                        kinds is [var first, ..] ? first.Kind.GetType() : null);
            }
            else if (SettingsBinder.ElementOfList(property.PropertyType) is not null
                || SettingsBinder.IsScalar(Scalar(property.PropertyType)))
            {
                entries.Add(new(property, path, IsGroup: false, value));
            }
            else
            {
                Collect(property.PropertyType, value ?? Activator.CreateInstance(property.PropertyType)!, path);
            }
        }
    }

    private string Page()
    {
        var page = new StringBuilder("""
            # Configuration

            All keys of `kubeidp.yaml`, which is read from the current folder or from `--config FILE`. Each key can also be set in the
            environment, which overrides the file; names of variables may be in any case. The server does not start with unknown keys or
            contradictory values. `check` reports errors; `config show` prints the values in use and where they come from.

            Times are `hh:mm:ss`, or `d.hh:mm:ss` for days. Relative paths in the file start from the
            file's folder, and so does the default of `dataDirectory`; those in the environment start from the current folder.

            This page is the output of `config reference`.

            """.ReplaceLineEndings("\n"));
        foreach (var entry in entries) Write(page, entry);
        return page.ToString();
    }

    private void Write(StringBuilder page, Entry entry)
    {
        var member = $"P:{entry.Property.DeclaringType!.FullName}.{entry.Property.Name}";
        var summary = summaries.Find(member, KeyFor)
            ?? throw new InvalidOperationException($"{member} has no summary, which the configuration reference needs.");

        page.Append('\n').Append("## `").Append(entry.Key).Append("`\n\n").Append(summary).Append('\n');
        if (entry.IsGroup) return;

        page.Append('\n').Append("- Value: ").Append(KindOf(entry.Property.PropertyType)).Append('\n');
        foreach (var (choice, meaning) in Choices(entry.Property.PropertyType))
            page.Append("  - `").Append(choice).Append("`: ").Append(meaning).Append('\n');
        if (DefaultOf(entry.Default) is { } text) page.Append("- Default: `").Append(text).Append("`\n");
        page.Append("- Environment: `").Append(VariableOf(entry)).Append("`\n");
    }

    private IEnumerable<(string Choice, string Meaning)> Choices(Type type)
    {
        var choice = Scalar(SettingsBinder.ElementOfList(type) ?? type);
        return !choice.IsEnum
            ? [] : Enum.GetNames(choice)
            .Select(name => (SettingsBinder.Spelling(name), summaries.Find($"F:{choice.FullName}.{name}", KeyFor) ?? ""));
    }

    private static string KindOf(Type type)
    {
        if (SettingsBinder.ElementOfList(type) is { } element) return $"a list, each {KindOf(element)}";

        var scalar = Scalar(SettingsBinder.ElementOfMap(type) ?? type);
        if (scalar == typeof(DateOnly)) return "a date, as year-month-day";
        if (scalar.IsEnum) return "one of";
        if (scalar == typeof(TimeSpan)) return "a time";
        if (scalar == typeof(bool)) return "`true` or `false`";
        if (scalar == typeof(string)) return "text";
        return scalar.IsPrimitive ? "a number" : scalar.Name;
    }

    private static string? DefaultOf(object? value) =>
        value is null or System.Collections.IEnumerable and not string ? null : EffectiveSettings.Text(value);

    private static string VariableOf(Entry entry) =>
        EnvironmentSource.Prefix + entry.Key.Replace(".", "__", StringComparison.Ordinal)
            .ToUpperInvariant() + (SettingsBinder.ElementOfList(entry.Property.PropertyType) is null ? "" : "__0");

    private string KeyFor(string member) => keyOfProperty.TryGetValue(member, out var key) ? key : member[(member.LastIndexOf('.') + 1)..];

    private static Type Scalar(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private sealed record Entry(PropertyInfo Property, string Key, bool IsGroup, object? Default);
}
