using KubeIdP.Core.Naming;
using Xunit;

namespace KubeIdP.Core.Tests.Naming;

/// <summary>UsernameCaseMapped: RFC 8265 §3.3, with the examples of its §3.5.</summary>
public sealed class UserNameTests
{
    // RFC 8265 table 1, and names of real directories.
    [Theory]
    [InlineData("juliet@example.com", "juliet@example.com")]
    [InlineData("fussball", "fussball")]
    [InlineData("fu\u00dfball", "fu\u00dfball")]
    [InlineData("\u03c0", "\u03c0")]
    [InlineData("\u03a3", "\u03c3")]
    [InlineData("\u03c3", "\u03c3")]
    [InlineData("\u03c2", "\u03c2")]
    [InlineData("Alice", "alice")]
    [InlineData("O'Brien_2-x.y+z", "o'brien_2-x.y+z")]
    [InlineData("Zoe\u0308", "zo\u00eb")]
    [InlineData("ZOE\u0308", "zo\u00eb")]
    [InlineData("Jane van Dyke", "jane van dyke")]
    [InlineData("\u5c71\u7530", "\u5c71\u7530")]
    [InlineData("\u0645\u062d\u0645\u062f", "\u0645\u062d\u0645\u062f")]
    [InlineData("\u05e9\u05dc\u05d5\u05dd7", "\u05e9\u05dc\u05d5\u05dd7")]
    [InlineData("\u0905\u0928\u093f\u0932", "\u0905\u0928\u093f\u0932")]
    [InlineData("\ud55c\uad6d", "\ud55c\uad6d")]
    [InlineData("co\u00b7l", null)]
    [InlineData("col\u00b7lega", "col\u00b7lega")]
    [InlineData("\uff21\uff4c\uff49\uff43\uff45", "alice")]
    [InlineData("alice\uff20corp", "alice@corp")]
    [InlineData("Jane\u3000Doe", "jane doe")]
    [InlineData("\uff76\uff9e", "\u30ac")]
    [InlineData("\u0130lker", "i\u0307lker")]
    [InlineData("\u1e9e", "\u00df")]
    public void A_name_is_compared_by_the_profile(string name, string? compared)
    {
        Assert.Equal(compared is null, UserName.Check(name) is not null);
        if (compared is not null) Assert.Equal(compared, UserName.Normalize(name));
    }

    // Only the small letter has a code point of its own: composing before lowering would leave two spellings, and two people of one name.
    [Theory]
    [InlineData("J\u030c", "\u01f0")]
    [InlineData("H\u0331", "\u1e96")]
    [InlineData("Y\u030a", "\u1e99")]
    public void Capital_letters_that_compose_only_when_lowered_are_one_with_the_small(string capital, string small) =>
        Assert.Equal(UserName.Normalize(small), UserName.Normalize(capital));

    [Theory]
    [InlineData("Alice")]
    [InlineData("\uff21\uff4c\uff49\uff43\uff45")]
    [InlineData("\u0130")]
    [InlineData("J\u030c")]
    [InlineData("\uff76\uff9e")]
    public void What_is_compared_is_compared_as_itself(string name) =>
        Assert.Equal(UserName.Normalize(name), UserName.Normalize(UserName.Normalize(name)));

    // RFC 8265 table 3, and what else would look like another name.
    [Theory]
    [InlineData("henry\u2163", "U+2163")] // a Roman number
    [InlineData("\u265a", "U+265A")] // a symbol
    [InlineData("al\u200bice", "U+200B")]
    [InlineData("al\u200dice", "U+200D")]
    [InlineData("al\u200cice", "U+200C")]
    [InlineData("al\u00adice", "U+00AD")]
    [InlineData("alice\ufe0f", "U+FE0F")]
    [InlineData("alice\u3164", "U+3164")]
    [InlineData("al\uffa0ice", "U+1160")] // the narrow filler, which is the wide one
    [InlineData("al\u00a0ice", "U+00A0")]
    [InlineData("al\u2003ice", "U+2003")]
    [InlineData("al\u2800ice", "U+2800")]
    [InlineData("\u212aate", "U+212A")] // the Kelvin sign
    [InlineData("\u210cans", "U+210C")]
    [InlineData("\ud835\udc1alice", "U+1D41A")] // a mathematical bold a
    [InlineData("al\u2170ce", "U+2170")]
    [InlineData("\ufb01nn", "U+FB01")] // the ligature fi
    [InlineData("alice\u00b2", "U+00B2")]
    [InlineData("\u24d0lice", "U+24D0")]
    [InlineData("al\u2010ice", "U+2010")]
    [InlineData("\u01c5", "U+01C5")] // a title case digraph has a compatibility form
    [InlineData("al\u202eice", "U+202E")]
    [InlineData("al\0ice", "U+0000")]
    [InlineData("al\tice", "U+0009")]
    [InlineData("al\ufdd0ice", "U+FDD0")]
    [InlineData("\u1100\u1161", "U+1100")]
    [InlineData("\u0640\u0645", "U+0640")] // a tatweel
    [InlineData("\u0661\u06f1", "U+0661")] // digits of two kinds
    [InlineData("zoe\u0308\u0308", "U+0308")] // one on the other
    [InlineData("zo\u00eb\u0301\u0316\u0301\u0316\u0301", "U+0301")] // a pile of marks
    [InlineData("\u30fb", "U+30FB")] // a middle dot without its company
    public void A_character_that_does_not_belong_is_named(string name, string character) =>
        Assert.Equal(new UserNameFault(UserNameFaultKind.Character, character), UserName.Check(name));

    [Fact]
    public void What_is_no_text_is_no_name_and_no_bug()
    {
        foreach (var name in new[] { "al" + '\ud83d' + "ice", "\udc00", "a\ufffeb", "a\uffffb", "\U0001ffff", "\ufffd" })
        {
            Assert.Equal(UserNameFaultKind.Character, UserName.Check(name)?.Kind);
            Assert.Null(UserName.Read(name));
            Assert.NotNull(UserName.Normalize(name));
            Assert.NotNull(UserName.Compose(name));
        }
    }

    [Theory]
    [InlineData("", UserNameFaultKind.Empty)]
    [InlineData(" ", UserNameFaultKind.Space)]
    [InlineData(" alice", UserNameFaultKind.Space)]
    [InlineData("alice ", UserNameFaultKind.Space)]
    [InlineData("alice\u3000", UserNameFaultKind.Space)]
    [InlineData("jane  doe", UserNameFaultKind.Space)]
    [InlineData("jane \u3000doe", UserNameFaultKind.Space)]
    [InlineData("system:masters", UserNameFaultKind.Reserved)]
    [InlineData("SYSTEM:x", UserNameFaultKind.Reserved)]
    [InlineData("\uff53\uff59\uff53\uff54\uff45\uff4d\uff1ax", UserNameFaultKind.Reserved)]
    [InlineData("system\uff1ax", UserNameFaultKind.Reserved)]
    [InlineData("alice\u05d0", UserNameFaultKind.Direction)]
    [InlineData("\u05d0alice", UserNameFaultKind.Direction)]
    [InlineData("1\u05d0", UserNameFaultKind.Direction)]
    [InlineData("\u05d0.", UserNameFaultKind.Direction)]
    [InlineData("\u0645\u0661\u0631", null)]
    [InlineData("\u06451\u0661", UserNameFaultKind.Direction)]
    public void The_rest_of_the_rules(string name, UserNameFaultKind? fault)
    {
        Assert.Equal(fault, UserName.Check(name)?.Kind);
        Assert.Equal(fault is null, UserName.FaultOf(name) is null);
        Assert.Equal(fault is null, UserName.IsAllowed(name));
    }

    [Fact]
    public void The_length_is_bounded()
    {
        Assert.True(UserName.IsAllowed(new string('x', TokenName.MaxLength)));
        Assert.Equal(UserNameFaultKind.TooLong, UserName.Check(new string('x', TokenName.MaxLength + 1))?.Kind);
        Assert.Null(UserName.Read(new string('x', TokenName.MaxLength + 1)));
    }

    [Theory]
    [InlineData(" alice ", "alice")]
    [InlineData("\uff21lice", "Alice")]
    [InlineData("CORP\\Alice", "CORP\\Alice")]
    [InlineData("\u0645\u062d\u0645\u062f@corp.example", "\u0645\u062d\u0645\u062f@corp.example")]
    [InlineData("", null)]
    [InlineData("al\u200bice", null)]
    [InlineData("*", "*")]
    public void What_is_typed_at_a_login_is_read(string typed, string? name) => Assert.Equal(name, UserName.Read(typed));

    [Theory]
    [InlineData("alice", false)]
    [InlineData("gr\u00f6\u00dfe", false)]
    [InlineData("\u0430\u043b\u0438\u0441\u0430", false)]
    [InlineData("\u0430lice", true)] // a Cyrillic а
    [InlineData("p\u03b1yments", true)]
    [InlineData("\u13aalice", true)] // Cherokee
    [InlineData("\u5c71\u7530tarou", false)]
    [InlineData("\u5c71\u7530\u043b", true)]
    [InlineData("\ud55c\uad6d\u5c71", false)]
    [InlineData("\u0905\u0928\u093f\u0932x", true)]
    [InlineData("\u043e\u02bc\u043e", false)]
    [InlineData("alice-1_\u0301", false)]
    [InlineData("r\u0e50\u0e50t", true)] // Thai noughts
    [InlineData("b\u0b66b", true)]
    [InlineData("alice1", false)]
    [InlineData("alice\u2d7f", true)] // Marks that nobody sees there: Tifinagh, Khitan, Brahmi
    [InlineData("alice\U00016fe4", true)]
    [InlineData("alice\U0001107f", true)]
    [InlineData("al\u094dice", true)]
    [InlineData("m\u0304aria\u0323", false)]
    [InlineData("\u0939\u093f\u0928\u094d\u0926\u0940", false)] // Devanagari, Thai, Tibetan, Burmese, Arabic, Hebrew, Cyrillic, Tamil, Kana
    [InlineData("\u0e01\u0e31\u0e19", false)]
    [InlineData("\u0f56\u0f66\u0f9f\u0f53\u0f0b\u0f60\u0f5b\u0f72\u0f53", false)]
    [InlineData("\u1019\u103c\u1014\u103a\u1019\u102c", false)]
    [InlineData("\u0645\u064f\u062d\u0645\u0651\u062f", false)]
    [InlineData("\u05d3\u05b8\u05d5\u05b4\u05d3", false)]
    [InlineData("\u0430\u0301\u043d\u043d\u0430\u0483", false)]
    [InlineData("\u0ba4\u0bae\u0bbf\u0bb4\u0bcd", false)]
    [InlineData("\u304b\u3099\u304f\u305b\u3044", false)]
    public void Letters_of_several_scripts_are_noticed(string name, bool mixed) => Assert.Equal(mixed, UserName.MixesScripts(name));
}
