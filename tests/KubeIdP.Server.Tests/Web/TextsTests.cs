using System.Text.RegularExpressions;
using System.Xml.Linq;
using AngleSharp;
using AngleSharp.Dom;
using KubeIdP.Server.Web;
using KubeIdP.Testing.Processes;
using Xunit;

namespace KubeIdP.Server.Tests.Web;

/// <summary>That all words of the pages stand in <c>Texts.resx</c>, once in each language, and that each is used as it is meant.</summary>
public sealed partial class TextsTests
{
    private static readonly string Root = Repository.File("src/KubeIdP.Server");

    /// <summary>All sources by their path from <see cref="Root"/>, without comments.</summary>
    private static readonly Dictionary<string, string> Sources = FilesOf("*.cs").Concat(FilesOf("*.cshtml"))
        .ToDictionary(file => file, file => Comment().Replace(File.ReadAllText(Path.Combine(Root, file)), ""));

    private static readonly IReadOnlyList<Text> All = [.. FilesOf("Texts.resx").SelectMany(Read)];

    private static readonly IReadOnlyList<Use> Uses = [.. Sources.SelectMany(source => UsesIn(source.Key, source.Value))];

    [Fact]
    public void Each_language_has_the_same_texts()
    {
        var rooms = All.Select(text => text.Room).Distinct().ToList();
        var faults =
            from room in rooms
            from language in Languages.All.Skip(1).Select(language => language.Name)
            let own = All.Where(text => text.Room == room).Select(text => text.Key)
            let others = Translation(room, language).Keys
            from difference in own.Except(others).Select(key => $"{key} is missing")
                .Concat(others.Except(own).Select(key => $"{key} is too much"))
            select $"{room}/Texts.{language}.resx: {difference}";

        Assert.NotEmpty(rooms);
        Assert.Empty(faults);
    }

    [Fact]
    public void A_translation_fills_the_same_gaps_and_sets_the_same_tags()
    {
        var faults =
            from text in All
            from language in Languages.All.Skip(1)
            let translated = Translation(text.Room, language.Name).GetValueOrDefault(text.Key, "")
            where !Gap().Matches(text.Value).Select(gap => gap.Value).ToHashSet()
                .SetEquals(Gap().Matches(translated).Select(gap => gap.Value))
                || !Tag().Matches(text.Value).Select(tag => tag.Value).Order()
                .SequenceEqual(Tag().Matches(translated).Select(tag => tag.Value).Order())
            select $"{text.Name} ({language.Name})";

        Assert.Empty(faults);
    }

    [Fact]
    public void A_translation_is_one()
    {
        // Names and single words may be the same.
        var faults =
            from text in All
            from language in Languages.All.Skip(1)
            where text.Value.Count(c => c == ' ') > 2 && Translation(text.Room, language.Name).GetValueOrDefault(text.Key) == text.Value
            select $"{text.Name} ({language.Name})";

        Assert.Empty(faults);
    }

    [Fact]
    public void Quotes_and_apostrophes_are_those_of_the_language()
    {
        var faults =
            from text in All
            from language in Languages.All
            let words = Tag().Replace(Translation(text.Room, language.Name).GetValueOrDefault(text.Key, ""), "")
            where words.IndexOfAny(['"', '\'']) >= 0 || words.Contains("...", StringComparison.Ordinal)
                || (language.Name == "de" ? words.Contains('”') : words.Contains('„'))
            select $"{text.Name} ({language.Name}): {words}";

        Assert.Empty(faults);
    }

    [Fact]
    public void Each_text_is_used()
    {
        var unused = All.Select(text => text.Name).Except(Uses.Select(use => use.Name));

        Assert.Empty(unused);
    }

    [Fact]
    public void Each_placeholder_is_filled_and_only_tags_of_the_text_are_taken_for_tags()
    {
        var texts = All.ToDictionary(text => text.Name);
        var faults =
            from use in Uses
            let text = texts[use.Name]
            where use.Filled != Gap().Matches(text.Value).Select(gap => gap.Value).Distinct().Count()
                || use.AsMarkup != Tag().IsMatch(text.Value)
            select $"{use.File}: {use.Name}";
        var foreign =
            from source in Sources
            where source.Key != "Web/Wording.cs"
            from match in ForeignMarkup().Matches(source.Value)
            select $"{source.Key}: {match.Value}";

        Assert.Empty(faults);
        Assert.Empty(foreign);
    }

    [Fact]
    public async Task No_page_has_a_text_in_its_markup()
    {
        var faults = new List<string>();
        foreach (var (file, source) in Sources.Where(source => source.Key.EndsWith(".cshtml", StringComparison.Ordinal)))
        {
            var (markup, code) = Razor.Split(source);
            using var context = BrowsingContext.New();
            var page = await context.OpenAsync(answer => answer.Content(markup), TestContext.Current.CancellationToken);

            faults.AddRange(page.Descendants<IText>().Select(text => text.Data.Trim()).Where(HasLetters)
                .Select(words => $"{file}: {words}"));
            faults.AddRange(
                from element in page.All
                from attribute in element.Attributes
                where attribute.Name is "alt" or "title" or "aria-label" or "placeholder"
                    || (attribute.Name == "value" && element.LocalName == "button")
                where HasLetters(attribute.Value)
                select $"{file}: {attribute.Name}={attribute.Value}");
            faults.AddRange(
                from piece in code
                from literal in Literal().Matches(piece)
                where !literal.Groups["key"].Success
                let words = literal.Groups["words"].Value
                where words.Length > 0 && (char.IsUpper(words[0]) || TwoWords().IsMatch(words))
                select $"{file}: {words}");
        }

        Assert.Empty(faults);
    }

    [Fact]
    public void No_message_has_a_text_in_the_code()
    {
        var messages = Sources.Where(source => source.Key.EndsWith(".cs", StringComparison.Ordinal)).SelectMany(source => (
                source.Key.EndsWith(".cshtml.cs", StringComparison.Ordinal)
                    ? [source.Value]
                    : MessageStatement().Matches(source.Value).Select(statement => statement.Value))
            .Select(code => (File: source.Key, Code: code)));

        var faults = messages.SelectMany(message =>
            Sentence().Matches(message.Code).Select(sentence => $"{message.File}: {sentence.Value}"));

        Assert.Empty(faults);
    }

    private static IEnumerable<string> FilesOf(string pattern) =>
        Directory.EnumerateFiles(Root, pattern, SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Root, file))
            .Where(file => !file.StartsWith("obj/", StringComparison.Ordinal) && !file.StartsWith("bin/", StringComparison.Ordinal));

    private static IEnumerable<Text> Read(string file) =>
        ReadFile(file).Select(text => new Text(Path.GetDirectoryName(file)!, text.Key, text.Value));

    private static Dictionary<string, string> ReadFile(string file) =>
        XDocument.Load(Path.Combine(Root, file)).Root!.Elements("data")
            .ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value);

    private static Dictionary<string, string> Translation(string room, string language) =>
        ReadFile($"{room}/Texts{(language == Languages.Default.Name ? "" : $".{language}")}.resx");

    private static IEnumerable<Use> UsesIn(string file, string source)
    {
        foreach (Match match in TextUse().Matches(source))
        {
            var room = match.Groups["room"].Success ? match.Groups["room"].Value : file.Split('/')[0];
            var way = match.Groups["way"].Value;
            var values = way == "" ? "" : Razor.Balanced(source, match.Index + match.Length);
            yield return new Use(file, $"{room}.{match.Groups["key"].Value}", way == "Markup", Razor.CountArguments(values));
        }
    }

    private static bool HasLetters(string text) => text.Any(char.IsLetter);

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    // If texts from outside were marked up, a stranger's text could be tags.
    [GeneratedRegex(@"(?<!Texts\.\w+)\.Markup\(|Html\.Raw|HtmlString\b|HtmlFormattableString")]
    private static partial Regex ForeignMarkup();

    [GeneratedRegex(@"(?:\b(?<room>[A-Z]\w+)\.)?\bTexts\.(?<key>\w+)(?:\.(?<way>With|Markup)(?=\())?")]
    private static partial Regex TextUse();

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Gap();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tag();

    // A key in brackets is no word for people.
    [GeneratedRegex(@"(?<key>\[)?""(?<words>[^""]*)""")]
    private static partial Regex Literal();

    [GeneratedRegex(@"\p{L}{2,} \p{L}{2,}")]
    private static partial Regex TwoWords();

    [GeneratedRegex(@"\bMessagePage\b[^;]*;")]
    private static partial Regex MessageStatement();

    // What an exception says is for the log.
    [GeneratedRegex(@"(?<!Exception\()""\p{Lu}[^""]* [^""]*""")]
    private static partial Regex Sentence();

    private sealed record Text(string Room, string Key, string Value)
    {
        public string Name => $"{Room}.{Key}";
    }

    private sealed record Use(string File, string Name, bool AsMarkup, int Filled);
}
