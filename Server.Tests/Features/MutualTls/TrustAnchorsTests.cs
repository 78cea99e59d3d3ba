using System.Security.Cryptography.X509Certificates;
using AuthCore.Features.MutualTls;

namespace AuthCore.Tests.Features.MutualTls;

/// <summary>RFC 5280 §6: a path to an anchor that the operator named, at the time of the server's clock, or nothing.</summary>
public sealed class TrustAnchorsTests
{
    private static readonly DateTimeOffset s_now = Wanted.Now;
    private static readonly TestAuthority s_root = TestAuthority.Create();

    private readonly TrustAnchors _anchors = Trusting([s_root.Certificate]);

    private static TrustAnchors Trusting(X509Certificate2Collection anchors, params X509Certificate2[] between) =>
        new(new MutualTlsOptions { Anchors = anchors, Intermediates = [.. between] });

    [Fact]
    public void A_certificate_of_a_trusted_authority_is_good_at_the_servers_time()
    {
        using var certificate = s_root.Issue();
        Assert.Null(_anchors.FindFault(certificate, s_now));   // years from the computer's own clock
    }

    [Fact]
    public void Nobody_vouches_for_a_certificate_of_another_authority_even_of_the_same_name()
    {
        using var other = TestAuthority.Create("CN=Other Root").Issue();
        using var namesake = TestAuthority.Create().Issue();
        using var own = TestAuthority.SelfSign();
        using var likeTheRoot = TestAuthority.SelfSign(new Wanted { Subject = "CN=Example Root", IsAuthority = true });

        Assert.All([other, namesake, own, likeTheRoot], certificate => Assert.NotNull(_anchors.FindFault(certificate, s_now)));
        Assert.Equal(0, _anchors.Remembered);
    }

    [Fact]
    public void A_client_is_no_authority()
    {
        using var client = s_root.Issue();
        var request = new Wanted { Subject = "CN=forged" }.Request(System.Security.Cryptography.ECDsa.Create());
        var signer = X509SignatureGenerator.CreateForECDsa(client.GetECDsaPrivateKey()!);
        using var forged = request.Create(client.SubjectName, signer, s_now.AddDays(-1), s_now.AddDays(1), [1]);

        Assert.NotNull(Trusting([s_root.Certificate], client).FindFault(forged, s_now));
    }

    [Fact]
    public void A_certificate_is_good_for_its_time_and_what_is_remembered_ends_with_it()
    {
        using var certificate = s_root.Issue(new Wanted { From = s_now.AddHours(-1), Until = s_now.AddHours(1) });

        Assert.NotNull(_anchors.FindFault(certificate, s_now.AddHours(-2)));
        Assert.Null(_anchors.FindFault(certificate, s_now));
        Assert.Equal(1, _anchors.Remembered);
        Assert.Null(_anchors.FindFault(certificate, s_now));
        Assert.NotNull(_anchors.FindFault(certificate, s_now.AddHours(2)));
        Assert.NotNull(_anchors.FindFault(certificate, s_now.AddHours(-2)));
    }

    [Fact]
    public void An_authority_whose_time_is_over_vouches_for_nobody()
    {
        var old = TestAuthority.Create("CN=Old Root", new Wanted { From = s_now.AddDays(-9), Until = s_now.AddDays(-2) });
        using var certificate = old.Issue(new Wanted { From = s_now.AddDays(-8), Until = s_now.AddDays(-2) });
        var anchors = Trusting([old.Certificate]);

        Assert.Null(anchors.FindFault(certificate, s_now.AddDays(-3)));
        Assert.NotNull(anchors.FindFault(certificate, s_now));
    }

    [Fact]
    public void A_purpose_other_than_authenticating_clients_is_refused()
    {
        using var server = s_root.Issue(new Wanted { Use = "1.3.6.1.5.5.7.3.1" });
        using var any = s_root.Issue(new Wanted { Use = null });

        Assert.NotNull(_anchors.FindFault(server, s_now));
        Assert.Null(_anchors.FindFault(any, s_now));
    }

    [Fact]
    public void What_lies_between_must_be_configured_for_nothing_is_fetched()
    {
        using var between = s_root.Issue(new Wanted { Subject = "CN=Example Issuing", IsAuthority = true });
        using var certificate = new TestAuthority(between).Issue();

        Assert.NotNull(_anchors.FindFault(certificate, s_now));
        Assert.NotNull(Trusting([], between).FindFault(certificate, s_now));
        Assert.Null(Trusting([s_root.Certificate], between).FindFault(certificate, s_now));
    }
}
