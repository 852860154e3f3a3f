using KubeIdP.Cli.Terminal;
using Xunit;

namespace KubeIdP.Cli.Tests.Terminal;

public sealed class SuggestionsTests
{
    [Theory]
    [InlineData("people lst", "list")]
    [InlineData("peopel list", "people")]
    [InlineData("sesions", "sessions")]
    [InlineData("people list --ouptut json", "--output")]
    [InlineData("people list --group=dev --limt=3", "--limit")]
    [InlineData("people list --isuer https://idp.example.com", "--issuer")]
    [InlineData("clusters kubecofnig kubernetes", "kubeconfig")]
    public void A_misspelled_word_is_answered_with_what_is_called_nearly_so(string line, string meant)
    {
        var errors = UsageErrors.Of(CommandLine.Create().Parse(line)).ToList();

        Assert.Contains($"Did you mean {meant}?", errors);
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("people xyzzy")]
    [InlineData("people list --frobnicate")]
    [InlineData("complet")]
    public void What_is_like_nothing_is_only_refused(string line)
    {
        var errors = UsageErrors.Of(CommandLine.Create().Parse(line)).ToList();

        Assert.NotEmpty(errors);
        Assert.DoesNotContain(errors, error => error.StartsWith("Did you mean complete?", StringComparison.Ordinal)
            || (error.StartsWith("Did you mean", StringComparison.Ordinal) && line != "complet"));
    }

    [Theory]
    [InlineData("list", "list", 0)]
    [InlineData("lst", "list", 1)]
    [InlineData("lsit", "list", 1)]
    [InlineData("lisst", "list", 1)]
    [InlineData("lixt", "list", 1)]
    [InlineData("", "list", 4)]
    public void A_distance_is_the_number_of_slips(string typed, string meant, int slips) =>
        Assert.Equal(slips, Suggestions.Distance(typed, meant));
}
