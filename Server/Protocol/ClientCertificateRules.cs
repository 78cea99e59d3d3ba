namespace AuthCore.Protocol;

/// <summary>RFC 8705 §2.1.2: how a client names the certificate that it authenticates with.</summary>
public static class ClientCertificateRules
{
    private const int MaxLength = 2000;

    private static readonly (string Name, Func<Client, string?> Value, Func<string, bool> IsGood, string Fault)[] s_names =
    [
        ("tls_client_auth_subject_dn", c => c.TlsClientAuthSubjectDn, text => DistinguishedName.Parse(text) is not null, "is no distinguished name as RFC 4514 writes it, such as CN=job,O=Example,C=DE"),
        ("tls_client_auth_san_dns", c => c.TlsClientAuthSanDns, text => AlternativeName.Dns(text) is not null, "is no host name"),
        ("tls_client_auth_san_uri", c => c.TlsClientAuthSanUri, text => AlternativeName.Uri(text) is not null, "is no URI"),
        ("tls_client_auth_san_ip", c => c.TlsClientAuthSanIp, text => AlternativeName.Ip(text) is not null, "is no IP address in its usual form"),
        ("tls_client_auth_san_email", c => c.TlsClientAuthSanEmail, text => AlternativeName.Email(text) is not null, "is no e-mail address"),
    ];

    /// <summary>The metadata of which <c>tls_client_auth</c> needs exactly one.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_names.Select(name => name.Name)];

    /// <summary>Each fault with the name of the metadata it is in.</summary>
    public static IEnumerable<(string Name, string Fault)> FindFaults(Client client)
    {
        ArgumentNullException.ThrowIfNull(client);
        var given = s_names.Select(name => (name.Name, Value: name.Value(client), name.IsGood, name.Fault)).Where(name => name.Value is not null).ToArray();
        var isForIt = client.TokenEndpointAuthMethod == ClientKeyRules.TlsClientAuth;
        if (isForIt && given.Length != 1)
        {
            yield return (given.Length == 0 ? Names[0] : given[^1].Name, $"is wrong: {ClientKeyRules.TlsClientAuth} needs exactly one of {string.Join(", ", Names)}");
        }

        foreach (var (name, value, isGood, fault) in given)
        {
            if (!isForIt)
            {
                yield return (name, $"is for {ClientKeyRules.TlsClientAuth}");
            }

            if (value!.Length > MaxLength || !isGood(value))
            {
                yield return (name, fault);
            }
        }
    }
}
