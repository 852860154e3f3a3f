using System.Globalization;
using KubeIdP.Core.Naming;
using Xunit;

namespace KubeIdP.Core.Tests.Naming;

public sealed class TimestampTextTests
{
    [Theory]
    [InlineData("2027-01-31T09:00Z", "2027-01-31T09:00:00Z")]
    [InlineData("2027-01-31T09:00", "2027-01-31T09:00:00Z")]
    [InlineData("2027-01-31 09:00:05Z", "2027-01-31T09:00:05Z")]
    [InlineData("2027-01-31t09:00:05.123456789z", "2027-01-31T09:00:05.1234567Z")]
    [InlineData("2027-01-31T09:00:05.5+02:00", "2027-01-31T07:00:05.5Z")]
    [InlineData(" 2027-01-31 ", "2027-01-31T00:00:00Z")]
    [InlineData("0001-01-01", "0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z")]
    public void A_moment_is(string text, string moment) =>
        Assert.Equal(DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture), TimestampText.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("1.5")]
    [InlineData("9:00")]
    [InlineData("03/04/2027")]
    [InlineData("2027-01")]
    [InlineData("2027-02-30")]
    [InlineData("2027-1-31")]
    [InlineData("2027-01-31T24:00Z")]
    [InlineData("2027-01-31T09:00 UTC")]
    [InlineData("Sun, 31 Jan 2027 09:00:00 GMT")]
    [InlineData("0001-01-01T00:00+14:00")]
    [InlineData("9999-12-31T23:59-14:00")]
    [InlineData("1801472400")]
    public void No_moment_is(string text) => Assert.Null(TimestampText.Parse(text));
}
