using System.Security.Cryptography.X509Certificates;
using AuthCore.Features.MutualTls;

namespace AuthCore.Tests.Features.MutualTls;

/// <summary>RFC 9440 §2.1, and the escaped PEM of nginx: one certificate, or nothing.</summary>
public sealed class CertificateHeaderTests
{
    private static readonly X509Certificate2 s_one = TestAuthority.SelfSign();
    private static readonly X509Certificate2 s_other = TestAuthority.SelfSign();
    private static readonly string s_base64 = Convert.ToBase64String(s_one.RawData);
    private static readonly string s_pem = s_one.ExportCertificatePem();

    private static readonly Dictionary<string, string> s_good = new(StringComparer.Ordinal)
    {
        ["RFC 9440"] = $":{s_base64}:",
        ["spaces around"] = $"  :{s_base64}: ",
        ["nginx"] = Uri.EscapeDataString(s_pem + "\n"),
        ["load balancers that leave +, / and = as they are"] = Uri.EscapeDataString(s_pem).Replace("%2B", "+", StringComparison.Ordinal).Replace("%2F", "/", StringComparison.Ordinal).Replace("%3D", "=", StringComparison.Ordinal),
    };

    private static readonly Dictionary<string, string> s_bad = new(StringComparer.Ordinal)
    {
        ["nothing"] = "",
        ["a word"] = "none",
        ["colons alone"] = "::",
        ["one colon"] = ":",
        ["no end"] = $":{s_base64}",
        ["bare base64"] = s_base64,
        ["base64url"] = $":{s_base64.TrimEnd('=').Replace('+', '-').Replace('/', '_')}:",
        ["white space within"] = $":{s_base64[..40]} {s_base64[40..]}:",
        ["a parameter"] = $":{s_base64}:;a=1",
        ["two in a list"] = $":{s_base64}:, :{Convert.ToBase64String(s_other.RawData)}:",
        ["two in one"] = $":{Convert.ToBase64String([.. s_one.RawData, .. s_other.RawData])}:",
        ["bytes after it"] = $":{Convert.ToBase64String([.. s_one.RawData, 0])}:",
        ["cut off"] = $":{Convert.ToBase64String(s_one.RawData[..^1])}:",
        ["other bytes"] = ":AQIDBAUG:",
        ["PEM between colons"] = $":{Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(s_pem))}:",
        ["a PFX"] = $":{Convert.ToBase64String(s_one.Export(X509ContentType.Pkcs12))}:",
        ["two PEM"] = Uri.EscapeDataString(s_pem + "\n" + s_other.ExportCertificatePem()),
        ["words before it"] = Uri.EscapeDataString("subject=CN\n" + s_pem),
        ["words after it"] = Uri.EscapeDataString(s_pem + "\nend"),
        ["another label"] = Uri.EscapeDataString(s_pem.Replace("CERTIFICATE", "PUBLIC KEY", StringComparison.Ordinal)),
        ["PEM of nothing"] = Uri.EscapeDataString("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----"),
        ["broken escapes"] = "-----BEGIN%2",
        ["two words for none"] = "(null)",
    };

    /// <summary>What is one certificate.</summary>
    public static TheoryData<string> Good => [.. s_good.Keys];

    /// <summary>What is not.</summary>
    public static TheoryData<string> Bad => [.. s_bad.Keys];

    [Theory]
    [MemberData(nameof(Good))]
    public void A_certificate_is_read(string name)
    {
        using var read = CertificateHeader.Read(s_good[name]);
        Assert.Equal(s_one.RawData, read?.RawData);
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void Anything_else_is_none(string name) => Assert.Null(CertificateHeader.Read(s_bad[name]));
}
