using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using KubeIdP.Core.Naming;

namespace KubeIdP.Server.Configuration;

/// <summary>
/// Binds a tree of values to the option records, by the names of their properties. A value that does not fit becomes a fault and the
/// default stays, so that one pass finds all faults. Knows records, lists, maps by name, strings, numbers, enums, times and dates; another
/// type of property is a bug and throws.
/// </summary>
/// <param name="faults">The list to which faults are added.</param>
/// <param name="folderOf">The folder from which a relative path starts, given the place where the path was written.</param>
internal sealed class SettingsBinder(List<SettingsFault> faults, Func<string, string> folderOf)
{
    public const string DateFormat = "yyyy-MM-dd";

    private static readonly string[] TimeFormats = [@"hh\:mm\:ss", @"d\.hh\:mm\:ss"];

    private readonly Dictionary<string, string> places = new(StringComparer.Ordinal);

    public T Bind<T>(SettingNode root) where T : new() => (T)BindRecord(typeof(T), root, "");

    /// <summary>Where exactly this key was written; null when it was not.</summary>
    public string? SourceOf(string key) => places.GetValueOrDefault(key);

    /// <summary>
    /// Where a key such as <c>clients.prod.redirectUris[0]</c> was written, or the nearest enclosing key, for a rule about a missing key.
    /// </summary>
    public string PlaceOf(string key)
    {
        for (var around = key; around != ""; around = around[..Math.Max(0, around.LastIndexOfAny(['.', '[']))])
        {
            if (places.TryGetValue(around, out var place)) return $"{place} ({key})";
        }

        return $"{key} (not set)";
    }

    private object? Bind(Type type, SettingNode node, string key)
    {
        places.TryAdd(key, node.Place);

        if (IsScalar(Nullable.GetUnderlyingType(type) ?? type)) return BindScalar(Nullable.GetUnderlyingType(type) ?? type, node, key);
        if (ElementOfList(type) is { } item) return BindList(item, node, key);
        if (ElementOfMap(type) is { } element) return BindMap(element, node, key, (child, childKey) => Bind(element, child, childKey));
        return BindRecord(type, node, key);
    }

    private object BindRecord(Type type, SettingNode node, string key)
    {
        var record = Activator.CreateInstance(type)!;
        if (!MayHaveKeys(node, key)) return record;

        var properties = KeysOf(type).ToDictionary(KeyOf, StringComparer.OrdinalIgnoreCase);
        var bound = new HashSet<PropertyInfo>();
        foreach (var (name, child) in node.Children)
        {
            if (!properties.TryGetValue(name, out var property))
                faults.Add(Unknown(name, child, properties.Keys));
            else if (!bound.Add(property))
                faults.Add(new(child.Place, $"The key \"{KeyOf(property)}\" is given twice, in different case.", "Keep one of the two."));
            else if (child is { Text: "", IsQuoted: true } && MayBeEmpty(property) && places.TryAdd(Join(key, property), child.Place))
                property.SetValue(record, "");
            else if (BindProperty(property, child, Join(key, property)) is { } value)
                Set(record, property, value, child.Place);
        }

        return record;
    }

    private object? BindProperty(PropertyInfo property, SettingNode node, string key)
    {
        if (KindAttribute.Of(property) is not [_, ..] kinds) return Bind(property.PropertyType, node, key);

        places.TryAdd(key, node.Place);
        return BindMap(ElementOfMap(property.PropertyType)!, node, key, 
            (child, childKey) => BindByKind(kinds, property.GetCustomAttribute<KindHintAttribute>()?.Text, child, childKey));
    }

    /// <summary>
    /// The option record of the kind. Without a kind, or with an unknown one, the allowed keys are unknown, so no other fault is reported.
    /// </summary>
    private object? BindByKind(IReadOnlyList<KindAttribute> kinds, string? hint, SettingNode node, string key)
    {
        places.TryAdd(key, node.Place);
        if (!MayHaveKeys(node, key)) return null;
        if (node.Find("kind") is not { Text: [_, ..] } kind)
        {
            var known = string.Join(", ", kinds.Select(one => Spelling(one.Kind.ToString()!)));
            return Wrong(node, $"\"{key}\" has no kind.", $"Write \"kind:\" below it, with one of: {known}.{Also(hint)}");
        }

        var value = BindScalar(kinds[0].Kind.GetType(), kind, $"{key}.kind", hint);
        return value is null ? null : BindRecord(kinds.Single(one => one.Kind.Equals(value)).Options, node, key);
    }

    /// <summary>Whether an empty text is a valid value.</summary>
    private static bool MayBeEmpty(PropertyInfo property) =>
        property.GetCustomAttribute<DisplayFormatAttribute>() is { ConvertEmptyStringToNull: false };

    /// <summary>By its name or by its attribute.</summary>
    private static bool IsPath(PropertyInfo property, object value) =>
        value is string
            && (property.Name.EndsWith("File", StringComparison.Ordinal) || property.Name.EndsWith("Directory", StringComparison.Ordinal)
        || (property.GetCustomAttribute<PathAttribute>() is { } path && path.Except != (string)value));

    private void Set(object record, PropertyInfo property, object value, string place)
    {
        // It would be taken for a folder named ~, in which the server would create a new database.
        if (IsPath(property, value) && (string)value is "~" or ['~', '/', ..])
            faults.Add(
                new(place, $"\"{value}\" begins with ~, which only a shell replaces by the home folder.",
                    "Write the whole path, beginning with /."));
        else
            property.SetValue(record, IsPath(property, value) ? Path.GetFullPath((string)value, folderOf(place)) : value);
    }

    private object BindMap(Type type, SettingNode node, string key, Func<SettingNode, string, object?> bindEntry)
    {
        var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), type),
            StringComparer.Ordinal)!;
        if (!MayHaveKeys(node, key)) return map;

        foreach (var (name, child) in node.Children)
        {
            if (OutsideText.FaultOf(name) is { } fault)
                faults.Add(new(child.Place, $"The name \"{OutsideText.Show(name)}\" {fault}.", "Type the name again."));
            else if (bindEntry(child, $"{key}.{name}") is { } entry) map[name] = entry;
        }

        return map;
    }

    private object? BindList(Type type, SettingNode node, string key)
    {
        if (!string.IsNullOrEmpty(node.Text) || (!node.IsList && node.Children.Any(child => !child.Node.IsFromEnvironment)))
            return Wrong(node, $"\"{key}\" takes a list.",
                "In the file, write each value on a line of its own after \"- \"; in the environment, add __0, __1, … to the name.");

        // Most often a template whose values are missing. For a list that restricts something, the default would mean everybody.
        if (node.Children.Count == 0)
            return Wrong(node, $"\"{key}\" is empty.", "List one or more values, or remove the key for its default.");

        var items = new List<object?>();
        while (node.Find($"{items.Count}") is { } item)
            items.Add(Bind(type, item, $"{key}[{items.Count}]"));
        foreach (var (name, child) in node.Children)
        {
            if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index >= items.Count)
                faults.Add(
                    new(child.Place, $"\"{key}\" is a list; it has no item \"{name}\" after its {items.Count}.",
                        $"Number the items without a gap; the next one is __{items.Count}."));
        }

        var usable = items.OfType<object>().ToList();
        var list = Array.CreateInstance(type, usable.Count);
        for (var i = 0; i < usable.Count; i++)
            list.SetValue(usable[i], i);
        return list;
    }

    private object? BindScalar(Type type, SettingNode node, string key, string? hint = null)
    {
        if (node.Children.Count > 0 || node.IsList)
            return Wrong(node, $"\"{key}\" takes one value.", "Write the value after the colon, on the same line.");

        // An empty value is most often a variable that was not filled in; using the default would hide that.
        if (string.IsNullOrEmpty(node.Text))
            return Wrong(node, $"\"{key}\" is empty.", "Give it a value, or remove the key for its default.");

        if (OutsideText.FaultOf(node.Text, TextKind.Lines) is { } fault)
            return Wrong(node, $"\"{key}\" {fault}.", "Type the value again: text that is copied may contain such a character.");

        if (type == typeof(string)) return node.Text;
        if (type == typeof(bool))
        {
            return bool.TryParse(node.Text, out var flag)
                ? flag
                : Wrong(node, $"\"{node.Text}\" is neither true nor false for \"{key}\".", "Write true or false.");
        }

        if (type == typeof(TimeSpan))
        {
            return TimeSpan.TryParseExact(node.Text, TimeFormats, CultureInfo.InvariantCulture, out var time)
                ? time
                : Wrong(node, $"\"{node.Text}\" is not a time for \"{key}\".",
                    "Write hh:mm:ss, such as 00:01:00 for a minute, or d.hh:mm:ss for days.");
        }

        if (type == typeof(int))
        {
            return int.TryParse(node.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : Wrong(node, $"\"{node.Text}\" is not a number for \"{key}\".", "Write digits only, such as 8192.");
        }

        if (type == typeof(DateOnly))
        {
            return DateOnly.TryParseExact(node.Text, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
                ? date
                : Wrong(node, $"\"{node.Text}\" is not a date for \"{key}\".", "Write year, month and day, such as 2027-01-31.");
        }

        // Not Enum.Parse: that also takes numbers and lists.
        var name = Enum.GetNames(type).FirstOrDefault(name => string.Equals(name, node.Text, StringComparison.OrdinalIgnoreCase));
        return name is not null
            ? Enum.Parse(type, name)
            : Wrong(node, $"\"{node.Text}\" is not a value of \"{key}\".",
                $"Choose one of: {string.Join(", ", Enum.GetNames(type).Select(Spelling))}.{Also(hint)}");
    }

    private static string Also(string? hint) => hint is null ? "" : $" {hint}";

    private bool MayHaveKeys(SettingNode node, string key)
    {
        if (!node.IsList && string.IsNullOrEmpty(node.Text)) return true;

        Wrong(node, $"\"{key}\" takes keys of its own, not a {(node.IsList ? "list" : "value")}.",
            "In the file, write the keys below it, indented; in the environment, add __ and the key to the name.");
        return false;
    }

    private object? Wrong(SettingNode node, string what, string fix)
    {
        faults.Add(new(node.Place, what, fix));
        return null;
    }

    private static SettingsFault Unknown(string name, SettingNode node, IEnumerable<string> known)
    {
        var near = known.MinBy(key => Distance(key, name))!;
        return new(node.Place, $"There is no key \"{OutsideText.Show(name)}\" here.", Distance(near, name) <= 1 + name.Length / 4
            ? $"Did you mean \"{near}\"?"
            : $"Remove it. The keys here are: {string.Join(", ", known.Order(StringComparer.Ordinal))}.");
    }

    /// <summary>The Levenshtein distance, ignoring case.</summary>
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var replace = diagonal + (char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replace, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[^1];
    }

    /// <summary>
    /// The properties of an option record that are keys, in the order in which they are written; those of the record that it derives from
    /// come first.
    /// </summary>
    public static IEnumerable<PropertyInfo> KeysOf(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite)
            .OrderBy(property => property.DeclaringType == type);

    /// <summary>The full name of a key within another.</summary>
    public static string Join(string key, PropertyInfo property) => key == "" ? KeyOf(property) : $"{key}.{KeyOf(property)}";

    public static Type? ElementOfList(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GenericTypeArguments[0] : null;

    public static Type? ElementOfMap(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) ? type.GenericTypeArguments[1] : null;

    public static bool IsScalar(Type type) =>
        type == typeof(string) || type == typeof(TimeSpan) || type == typeof(bool) || type == typeof(int) || type == typeof(DateOnly)
            || type.IsEnum;

    private static string KeyOf(PropertyInfo property) => JsonNamingPolicy.CamelCase.ConvertName(property.Name);

    public static string Spelling(string enumName) =>
        enumName.Any(char.IsLower) ? JsonNamingPolicy.CamelCase.ConvertName(enumName) : enumName;
}
