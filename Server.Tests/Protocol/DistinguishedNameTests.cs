using System.Formats.Asn1;
using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

/// <summary>RFC 4514, RFC 5280 §7.1: a registered name against that of a certificate. The names of certificates are made by hand, in the order of their DER.</summary>
public sealed class DistinguishedNameTests
{
    private const string Cn = "2.5.4.3";
    private const string O = "2.5.4.10";
    private const string Ou = "2.5.4.11";
    private const string C = "2.5.4.6";
    private const string Dc = "0.9.2342.19200300.100.1.25";

    private static readonly byte[] s_job = Der([(C, "DE", UniversalTagNumber.PrintableString)], [(O, "Example", UniversalTagNumber.UTF8String)], [(Cn, "job", UniversalTagNumber.UTF8String)]);

    [Theory]
    [InlineData("CN=job,O=Example,C=DE")]
    [InlineData("cn=JOB, O = example , c=de ")]
    [InlineData("CN=job,2.5.4.10=Example,C=DE")]
    [InlineData("CN=#0c036a6f62,O=Example,C=DE")]
    [InlineData("CN=#13036A6F62 ,O=Example,C=DE")]
    [InlineData("CN=\\6A\\6f\\62,O=Example,C=DE")]
    [InlineData("CN=\\  job  ,O=Example,C=DE")]
    public void Names_that_say_the_same_are_equal(string text)
    {
        Assert.Equal(DistinguishedName.Read(s_job), DistinguishedName.Parse(text));
        Assert.Equal(DistinguishedName.Read(s_job)!.GetHashCode(), DistinguishedName.Parse(text)!.GetHashCode());
    }

    [Theory]
    [InlineData("C=DE,O=Example,CN=job")]        // the order of the certificate, which is not that of RFC 4514
    [InlineData("CN=job,O=Example")]
    [InlineData("O=Example,C=DE")]
    [InlineData("CN=job,OU=x,O=Example,C=DE")]
    [InlineData("CN=job,CN=job,O=Example,C=DE")]
    [InlineData("CN=job+O=Example,C=DE")]
    [InlineData("CN=jobs,O=Example,C=DE")]
    [InlineData("CN=j ob,O=Example,C=DE")]
    [InlineData("CN=Example,O=job,C=DE")]
    [InlineData("OU=job,O=Example,C=DE")]
    [InlineData("CN=job\\00,O=Example,C=DE")]
    [InlineData("CN=job\\,O\\=Example,C=DE")]
    [InlineData("CN=*,O=Example,C=DE")]
    [InlineData("CN=,O=Example,C=DE")]
    [InlineData("CN=#04036a6f62,O=Example,C=DE")]   // octets are no text
    [InlineData("CN=ј\u03bfb,O=Example,C=DE")]      // letters that only look alike
    public void Names_that_say_something_else_are_not(string text) => Assert.NotEqual(DistinguishedName.Read(s_job), DistinguishedName.Parse(text));

    // RFC 4514 §4
    [Theory]
    [InlineData("OU=Sales+CN=J.  Smith,DC=example,DC=net")]
    [InlineData("CN=j. smith+OU=sales,dc=Example,dc=NET")]
    public void A_set_of_attributes_has_no_order(string text) => Assert.Equal(
        DistinguishedName.Read(Der(
            [(Dc, "net", UniversalTagNumber.IA5String)], [(Dc, "example", UniversalTagNumber.IA5String)],
            [(Cn, "J. Smith", UniversalTagNumber.PrintableString), (Ou, "Sales", UniversalTagNumber.PrintableString)])),
        DistinguishedName.Parse(text));

    // RFC 4514 §4
    [Theory]
    [InlineData("CN=James \\\"Jim\\\" Smith\\, III", "James \"Jim\" Smith, III")]
    [InlineData("CN=Before\\0dAfter", "Before\rAfter")]
    [InlineData("CN=Lu\\C4\\8Di\\C4\\87", "Lučić")]
    [InlineData("CN=Lučić", "LUČIĆ")]
    [InlineData("CN=\\#a\\=b\\+c\\<d\\>\\;\\\\", "#a=b+c<d>;\\")]
    [InlineData("CN=a=b", "a=b")]
    public void Escapes_are_read(string text, string value) =>
        Assert.Equal(DistinguishedName.Read(Der([(Cn, value, UniversalTagNumber.UTF8String)])), DistinguishedName.Parse(text));

    [Fact]
    public void A_value_that_is_no_text_is_compared_byte_by_byte()
    {
        var name = new AsnWriter(AsnEncodingRules.DER);
        using (name.PushSequence())
        using (name.PushSetOf())
        using (name.PushSequence())
        {
            name.WriteObjectIdentifier("1.3.6.1.4.1.1466.0");
            name.WriteOctetString("Hi"u8);
        }

        Assert.Equal(DistinguishedName.Read(name.Encode()), DistinguishedName.Parse("1.3.6.1.4.1.1466.0=#04024869"));
        Assert.NotEqual(DistinguishedName.Read(name.Encode()), DistinguishedName.Parse("1.3.6.1.4.1.1466.0=Hi"));
    }

    [Fact]
    public void The_value_of_a_certificate_cannot_look_like_two_attributes() =>
        Assert.NotEqual(DistinguishedName.Read(Der([(Cn, "job,O=Example", UniversalTagNumber.UTF8String)])), DistinguishedName.Parse("CN=job,O=Example"));

    [Theory]
    [InlineData("")]
    [InlineData("job")]
    [InlineData("CN")]
    [InlineData("=job")]
    [InlineData("CN=job,")]
    [InlineData(",CN=job")]
    [InlineData("CN=job,,O=x")]
    [InlineData("CN=job+")]
    [InlineData("CN=job;O=x")]
    [InlineData("CN=\"job\"")]
    [InlineData("CN=a<b")]
    [InlineData("CN=a\\")]
    [InlineData("CN=a\\z")]
    [InlineData("CN=\\4")]
    [InlineData("CN=\\FF")]
    [InlineData("CN=#")]
    [InlineData("CN=#0")]
    [InlineData("CN=#zz")]
    [InlineData("CN=#0c05616263")]
    [InlineData("CN=#0c0161ff")]
    [InlineData("FOO=x")]
    [InlineData("OID.2.5.4.3=x")]
    [InlineData("1.=x")]
    [InlineData("01.2=x")]
    [InlineData("2=x")]
    [InlineData("/CN=job/O=Example")]
    [InlineData("CN=job\0")]
    public void What_is_no_name_is_none(string text) => Assert.Null(DistinguishedName.Parse(text));

    [Fact]
    public void Half_a_character_is_no_text() => Assert.Null(DistinguishedName.Parse("CN=\uD800"));

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("3000ff")]
    [InlineData("30053003060155")]
    [InlineData("30113110300e0603550403130761c3a9626364")]
    public void What_is_no_DER_of_a_name_is_none(string hex) => Assert.Null(DistinguishedName.Read(Convert.FromHexString(hex)));

    private static byte[] Der(params (string Type, string Value, UniversalTagNumber Kind)[][] sets)
    {
        var name = new AsnWriter(AsnEncodingRules.DER);
        using (name.PushSequence())
        {
            foreach (var set in sets)
            {
                using (name.PushSetOf())
                {
                    foreach (var (type, value, kind) in set)
                    {
                        using (name.PushSequence())
                        {
                            name.WriteObjectIdentifier(type);
                            name.WriteCharacterString(kind, value);
                        }
                    }
                }
            }
        }

        return name.Encode();
    }
}
