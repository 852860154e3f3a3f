namespace KubeIdP.Server.Configuration;

/// <summary>
/// One value as it was written, and where. File and environment are read into one tree of these, in which later sources overwrite earlier
/// ones. The items of a list are children named 0, 1, 2, ….
/// </summary>
internal sealed class SettingNode(string place)
{
    private readonly List<(string Key, SettingNode Node)> children = [];

    /// <summary>"kubeidp.yaml:12" or the name of an environment variable.</summary>
    public string Place { get; private set; } = place;

    /// <summary>The value of a leaf; null when only children were written.</summary>
    public string? Text { get; private set; }

    /// <summary>Whether it was quoted in the file, so that an empty value is intended.</summary>
    public bool IsQuoted { get; private set; }

    /// <summary>
    /// Whether it was written as a list in the file. In the environment a list is recognized by the numbers of its items.
    /// </summary>
    public bool IsList { get; init; }

    public bool IsFromEnvironment { get; init; }

    public IReadOnlyList<(string Key, SettingNode Node)> Children => children;

    public void Write(string? text, string where, bool isQuoted = false) => (Text, Place, IsQuoted) = (text, where, isQuoted);

    public void Add(string key, SettingNode node) => children.Add((key, node));

    /// <summary>
    /// The child of this name, preferably with the same case; otherwise in any case, because environment variables are often in upper case.
    /// Null: there is none.
    /// </summary>
    public SettingNode? Find(string key) =>
        children.FirstOrDefault(child => child.Key == key).Node
        ?? children.FirstOrDefault(child => string.Equals(child.Key, key, StringComparison.OrdinalIgnoreCase)).Node;
}
