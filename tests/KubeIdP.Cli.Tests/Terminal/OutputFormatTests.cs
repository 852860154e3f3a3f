using System.CommandLine;
using System.Text.Json.Nodes;
using KubeIdP.Cli.Terminal;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace KubeIdP.Cli.Tests.Terminal;

public sealed class OutputFormatTests
{
    private static JsonNode Document => new JsonArray(
        new JsonObject
        {
            ["name"] = "alice", ["count"] = 3, ["live"] = true, ["email"] = null, ["none"] = new JsonArray(), ["empty"] = new JsonObject(),
            ["groups"] = new JsonArray(
                "dev", "no", "1.34", "2027-01-31", "~", "null", "a: b", "# c", "- d", " e ", "", "0x1F", "'", "\"", "@f"),
            ["lines"] = "two\n  lines\n", ["day"] = DateTimeOffset.UnixEpoch,
        },
        new JsonObject { ["name"] = "bob" });

    [Fact]
    public async Task Table_is_for_people_and_the_default()
    {
        Assert.Equal("text\n", await WrittenAsync("table"));
        Assert.Equal("table", new RootCommand { OutputFormat.Option() }.Parse([]).GetValue<string>("--output"));
    }

    [Fact]
    public async Task Json_is_the_whole_document() =>
        Assert.True(JsonNode.DeepEquals(Document, JsonNode.Parse(await WrittenAsync("json"))));

    [Fact]
    public async Task Yaml_is_the_same_document_with_the_same_types()
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(await WrittenAsync("yaml")));

        Assert.True(JsonNode.DeepEquals(Document, JsonOf(Assert.Single(yaml.Documents).RootNode)), await WrittenAsync("yaml"));
    }

    [Fact]
    public async Task Name_is_one_identifier_on_each_line() => Assert.Equal("alice\nbob\n", await WrittenAsync("name"));

    [Theory]
    [InlineData("text")]
    [InlineData("csv")]
    [InlineData("JSON")]
    public void Other_formats_are_refused(string format)
    {
        var root = new RootCommand { OutputFormat.Option() };

        Assert.NotEmpty(root.Parse(["--output", format]).Errors);
    }

    private static async Task<string> WrittenAsync(string format)
    {
        await using var writer = new StringWriter { NewLine = "\n" };
        await OutputFormat.WriteAsync(writer, format, Document, ["alice", "bob"], width => width is null ? "text" : "narrow");
        return writer.ToString();
    }

    /// <summary>By the core schema of YAML 1.2 (§10.3.2): what is not quoted and looks like another type is of that type.</summary>
    private static JsonNode? JsonOf(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Select(child =>
            KeyValuePair.Create(((YamlScalarNode)child.Key).Value!, JsonOf(child.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Select(JsonOf)]),
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain } plain => plain.Value switch
        {
            "null" => null,
            "true" => true,
            var number when long.TryParse(number, out var parsed) => parsed,
            var text => text,
        },
        YamlScalarNode quoted => quoted.Value,
        _ => throw new InvalidOperationException("A node of an unknown kind."),
    };
}
