namespace KubeIdP.Data.Storage;

/// <summary>The conditions of a search, which depend on what somebody asked for, with their parameters.</summary>
internal sealed class Conditions
{
    private readonly List<string> conditions = [];
    private readonly List<(string Name, object? Value)> parameters = [];

    public bool IsEmpty => conditions.Count == 0;

    /// <summary>To be put after WHERE.</summary>
    public string Sql => conditions.Count == 0 ? "1 = 1" : string.Join(" AND ", conditions);

    public ReadOnlySpan<(string Name, object? Value)> Parameters => parameters.ToArray();

    public void Add(string condition, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        conditions.Add(condition);
        parameters.AddRange(values);
    }
}
