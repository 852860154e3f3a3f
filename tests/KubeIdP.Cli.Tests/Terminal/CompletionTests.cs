using KubeIdP.Cli.Terminal;
using Xunit;

namespace KubeIdP.Cli.Tests.Terminal;

/// <summary>What the program offers for the words that a shell has read. How the shells ask has <see cref="ShellTests"/>.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("peo", "people")]
    [InlineData("people l", "list")]
    [InlineData("people list --st", "--status")]
    [InlineData("people list --status no", "notEnrolled")]
    [InlineData("people list -o js", "json")]
    [InlineData("people list --output = ya", "yaml")]
    [InlineData("report people --output c", "csv")]
    [InlineData("clusters authentication-config kubernetes --api-version v1b", "v1beta1")]
    [InlineData("completion z", "zsh")]
    [InlineData("people list --iss", "--issuer")]
    public void It_is_the_one_word_that_begins_so(string typed, string completed) => Assert.Equal([completed], Of(typed));

    [Fact]
    public void After_a_space_it_is_all_that_may_follow()
    {
        Assert.Contains("list", Of("people "));
        Assert.Contains("set-groups", Of("people "));
        Assert.Equal(["table", "json", "yaml", "name"], Of("people list --output ").Order(Comparer<string>.Create(Place)));
        Assert.Equal(["bash", "fish", "powershell", "zsh"], Of("completion ").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("comple", "completion")]
    public void What_is_hidden_is_not_offered(string typed, string only) => Assert.Equal([only], Of(typed));

    [Fact]
    public void An_option_that_was_given_is_not_offered_again() => Assert.Empty(Of("people list --search x --sear"));

    [Theory]
    [InlineData("people list --search ")]
    [InlineData("frobnicate ")]
    public void Where_nothing_is_known_nothing_is_offered_that_would_be_wrong(string typed) =>
        Assert.DoesNotContain("--search", Of(typed));

    private static List<string> Of(string typed) =>
        [.. CompletionCommand.Of(CommandLine.Create(), typed.Split(' ')).Select(item => item.Label)];

    private static int Place(string one, string other)
    {
        string[] order = ["table", "json", "yaml", "name"];
        return Array.IndexOf(order, one).CompareTo(Array.IndexOf(order, other));
    }
}
