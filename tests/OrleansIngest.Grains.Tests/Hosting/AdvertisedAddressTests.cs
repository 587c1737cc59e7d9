using System.Net;
using OrleansIngest.Silo;

namespace OrleansIngest.Grains.Tests.Hosting;

public sealed class AdvertisedAddressTests
{
    [Theory]
    [InlineData("10.0.0.7")]
    [InlineData("fd00::7")]
    [InlineData("127.0.0.1")]
    public void Address_is_taken_as_it_is(string text) => AdvertisedAddress.Parse(text).ShouldBe(IPAddress.Parse(text));

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("silo")]
    [InlineData("10.0.0.7:11111")]
    [InlineData("10.0.0.0/33")]
    public void What_others_cannot_connect_to_is_refused_with_what_is_expected(string text) =>
        Should.Throw<FormatException>(() => AdvertisedAddress.Parse(text)).Message.ShouldContain(AdvertisedAddress.Expected);

    [Fact]
    public void Network_without_an_address_of_this_machine_is_refused_and_names_those_it_has() =>
        Should.Throw<FormatException>(() => AdvertisedAddress.Parse("203.0.113.0/24")).Message.ShouldMatch(
            @"no address in 203\.0\.113\.0/24; it has [0-9a-f.:]+");
}
