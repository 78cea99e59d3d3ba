namespace AuthCore.Keys;

/// <summary>What an opaque value is for; its prefix says so to us and to secret scanners.</summary>
internal sealed class HandleKind
{
    private HandleKind(string prefix, bool hasId = true, bool hasChain = false)
    {
        Prefix = prefix;
        HasId = hasId;
        HasChain = hasChain;
    }

    public static HandleKind Code { get; } = new("ac_code_");

    /// <summary>One of a chain: what it has in common with the others tells it from a value that nobody made.</summary>
    public static HandleKind RefreshToken { get; } = new("ac_rt_", hasChain: true);

    public static HandleKind AccessToken { get; } = new("ac_at_");

    public static HandleKind Session { get; } = new("ac_ses_");

    public static HandleKind Browser { get; } = new("ac_brw_");

    public static HandleKind Interaction { get; } = new("ac_int_");

    /// <summary>RFC 9126 §2.2: the part of a <c>request_uri</c> that is the server's own.</summary>
    public static HandleKind PushedRequest { get; } = new("ac_par_");

    /// <summary>Presented beside a client_id, so it carries no id of its own.</summary>
    public static HandleKind ClientSecret { get; } = new("ac_sec_", hasId: false);

    public string Prefix { get; }

    public bool HasId { get; }

    public bool HasChain { get; }

    internal int ByteLength => (HasId ? 16 : 0) + (HasChain ? Handle.ChainBytes : 0) + Handle.RandomBytes;

    public override string ToString() => Prefix;
}
