using KubeIdP.Core.Identifiers;
using KubeIdP.Data.Factors;
using KubeIdP.Server.Factors;
using KubeIdP.Server.Tests.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KubeIdP.Server.Tests.Factors;

/// <summary>What every kind promises that a person sets up.</summary>
public abstract class FactorEnrolmentConformance(RunningIssuer running, string name) : FactorKindConformance(running, name)
{
    private IFactorEnrolment Enrolment => (IFactorEnrolment)Kind;

    private FactorSecrets Secrets => Issuer.Services.GetRequiredService<FactorSecrets>();

    /// <summary>The right first answer to what was begun.</summary>
    protected abstract string FirstAnswerTo(string pending);

    private static EnrollingPerson Alice => EnrollingPerson.WithoutFactors(new PersonId("alice"), "alice");

    [Fact]
    public async Task Each_beginning_is_another() =>
        Assert.NotEqual(await Enrolment.BeginAsync(Alice, Ct), await Enrolment.BeginAsync(Alice, Ct));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("wrong")]
    public async Task A_wrong_first_answer_makes_no_factor(string? answer) =>
        Assert.Null(await Enrolment.ConfirmAsync(await Enrolment.BeginAsync(Alice, Ct), Alice, answer, "factor", "phone", Ct));

    [Fact]
    public async Task The_answer_to_another_beginning_makes_no_factor()
    {
        var answer = FirstAnswerTo(await Enrolment.BeginAsync(Alice, Ct));

        Assert.Null(await Enrolment.ConfirmAsync(await Enrolment.BeginAsync(Alice, Ct), Alice, answer, "factor", "phone", Ct));
    }

    [Fact]
    public async Task A_confirmed_factor_is_what_was_said_of_it()
    {
        var factor = await ConfirmAsync();

        Assert.Equal(("factor", Kind.Kind, "phone"), (factor.Id, factor.Kind, factor.Name));
    }

    // Somebody who can write rows must not be able to give one person's factor to another.
    [Fact]
    public async Task The_state_opens_in_its_own_row_alone()
    {
        var state = (await ConfirmAsync()).State;

        Assert.True(Opens("factor", "alice"));
        if (Issuer.Services.GetServices<IFactorSecrets>().All(secrets => secrets.Kind != Kind.Kind)) return;

        Assert.False(Opens("factor", "bob"));
        Assert.False(Opens("another", "alice"));

        bool Opens(string id, string person) => Secrets.Opens(new StoredFactor(id, Kind.Kind.Name, state), new PersonId(person));
    }

    [Fact]
    public void It_says_what_its_factors_are_called()
    {
        var words = Enrolment.Words;

        Assert.All([words.Title, words.Lead, words.Add, words.NewName], Assert.NotEmpty);
    }

    /// <summary>The factor "factor" of <see cref="Alice"/>.</summary>
    private protected async Task<ConfirmedFactor> ConfirmAsync()
    {
        var pending = await Enrolment.BeginAsync(Alice, Ct);
        return (await Enrolment.ConfirmAsync(pending, Alice, FirstAnswerTo(pending), "factor", "phone", Ct))!;
    }
}
