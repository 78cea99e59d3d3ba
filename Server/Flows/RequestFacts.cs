using AuthCore.Protocol;

namespace AuthCore.Flows;

/// <summary>What a request to a protocol endpoint brought along. Nothing of it is proven.</summary>
internal sealed record RequestFacts
{
    /// <summary>RFC 9110 §9: the method, in capitals.</summary>
    public required string Method { get; init; }

    /// <summary>RFC 3986 §3.3: the path, the issuer's included; the origin is one of ours, whatever the request says.</summary>
    public required string Path { get; init; }

    /// <summary>RFC 6454: the origin of ours by which the request called this server, where that is not the issuer's (RFC 8705 §5); else null.</summary>
    public string? Alias { get; init; }

    /// <summary>The form; where there is none, nothing.</summary>
    public required Parameters Parameters { get; init; }

    /// <summary>RFC 9110 §11.6.2: the <c>Authorization</c> header, or null.</summary>
    public string? Authorization { get; init; }

    /// <summary>RFC 9449 §4.1: each <c>DPoP</c> header that was sent.</summary>
    public IReadOnlyList<string> DpopProofs { get; init; } = [];

    /// <summary>RFC 8705 §2: the certificate of the connection, or null.</summary>
    public ReadOnlyMemory<byte>? ClientCertificate { get; init; }

    /// <summary>Sets a header of the answer, be it good or bad: name and value.</summary>
    public Action<string, string> SetAnswerHeader { get; init; } = static (_, _) => { };

    /// <summary>Never a secret.</summary>
    public override string ToString() => $"{Method} {Path}";
}
