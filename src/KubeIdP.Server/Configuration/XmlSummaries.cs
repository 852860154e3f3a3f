using System.Text.RegularExpressions;
using System.Xml.Linq;
using KubeIdP.Cli.Api;
using KubeIdP.Connectors;
using KubeIdP.Core.People;

namespace KubeIdP.Server.Configuration;

/// <summary>
/// The documentation comments of the options, from the XML files that the compiler writes for this assembly and those
/// with the options of connectors, the records of the API, and what they share.
/// </summary>
internal sealed partial class XmlSummaries
{
    private readonly Dictionary<string, XElement> summaries;

    private XmlSummaries(Dictionary<string, XElement> summaries) => this.summaries = summaries;

    public static XmlSummaries Load() => new(
        new[] { typeof(XmlSummaries), typeof(UpstreamOptions), typeof(ApiReason), typeof(PersonStatus) }
        .SelectMany(type => XDocument.Load(Path.ChangeExtension(type.Assembly.Location, "xml")).Descendants("member"))
        .Where(member => member.Element("summary") is not null)

        // Members that the compiler generates in both assemblies are not options.
        .Select(member => (Name: member.Attribute("name")!.Value, Summary: member.Element("summary")!))
        .Where(member => member.Name[2..].StartsWith("KubeIdP.", StringComparison.Ordinal))
        .ToDictionary(member => member.Name, member => member.Summary, StringComparer.Ordinal));

    /// <summary>The summary as Markdown on one line; null if there is none.</summary>
    /// <param name="member">As the compiler names it, such as <c>P:Namespace.Type.Property</c>.</param>
    /// <param name="nameOf">The name under which readers of the page know a referenced member.</param>
    public string? Find(string member, Func<string, string> nameOf) =>
        summaries.TryGetValue(member, out var summary)
            ? Blanks().Replace(string.Concat(summary.Nodes().Select(node => Markdown(node, nameOf))), " ").Trim()
            : null;

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
