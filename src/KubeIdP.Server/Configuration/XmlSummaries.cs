using System.Text.RegularExpressions;
using System.Xml.Linq;
using KubeIdP.Connectors;

namespace KubeIdP.Server.Configuration;

/// <summary>What is written above the options, here and in the connectors' assembly, which the compiler puts into a file beside each.</summary>
internal sealed partial class XmlSummaries
{
    private readonly Dictionary<string, XElement> summaries;

    private XmlSummaries(Dictionary<string, XElement> summaries) => this.summaries = summaries;

    public static XmlSummaries Load() => new(new[] { typeof(XmlSummaries), typeof(UpstreamOptions) }
        .SelectMany(type => XDocument.Load(Path.ChangeExtension(type.Assembly.Location, "xml")).Descendants("member"))
        .Where(member => member.Element("summary") is not null)

        // What the compiler generates, the same in both, is no option.
        .Select(member => (Name: member.Attribute("name")!.Value, Summary: member.Element("summary")!)).Where(member => member.Name[2..].StartsWith("KubeIdP.", StringComparison.Ordinal))
        .ToDictionary(member => member.Name, member => member.Summary, StringComparer.Ordinal));

    /// <summary>The summary as Markdown on one line; null when there is none.</summary>
    /// <param name="member">As the compiler names it, such as <c>P:Namespace.Type.Property</c>.</param>
    /// <param name="nameOf">What a reader of the page knows a referenced member by.</param>
    public string? Find(string member, Func<string, string> nameOf) =>
        summaries.TryGetValue(member, out var summary) ? Blanks().Replace(string.Concat(summary.Nodes().Select(node => Markdown(node, nameOf))), " ").Trim() : null;

    private static string Markdown(XNode node, Func<string, string> nameOf) => node switch
    {
        XElement { Name.LocalName: "see" } see => $"`{nameOf(see.Attribute("cref")!.Value)}`",
        XElement element => $"`{element.Value}`",
        XText text => text.Value,
        _ => "",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
