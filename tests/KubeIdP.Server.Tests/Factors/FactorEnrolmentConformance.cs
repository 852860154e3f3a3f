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

    [Fact]
    public void Each_beginning_is_another() => Assert.NotEqual(Enrolment.Begin(), Enrolment.Begin());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("wrong")]
    public void A_wrong_first_answer_makes_no_factor(string? answer) =>
        Assert.Null(Enrolment.Confirm(Enrolment.Begin(), answer, "factor", new PersonId("alice"), "phone"));

    [Fact]
    public void The_answer_to_another_beginning_makes_no_factor() =>
        Assert.Null(Enrolment.Confirm(Enrolment.Begin(), FirstAnswerTo(Enrolment.Begin()), "factor", new PersonId("alice"), "phone"));

    [Fact]
    public void A_confirmed_factor_is_what_was_said_of_it()
    {
        var factor = Confirm("factor", "alice");

        Assert.Equal(("factor", Kind.Kind, "phone"), (factor.Id, factor.Kind, factor.Name));
        Assert.True(factor.LastCounter > 0);
    }

    // Somebody who can write rows must not be able to give one person's factor to another.
    [Fact]
    public void The_state_opens_in_its_own_row_alone()
    {
        var state = Confirm("factor", "alice").State;

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

    private ConfirmedFactor Confirm(string id, string person)
    {
        var pending = Enrolment.Begin();
        return Enrolment.Confirm(pending, FirstAnswerTo(pending), id, new PersonId(person), "phone")!;
    }
}
