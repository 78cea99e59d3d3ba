using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using AuthCore.Jose;

namespace AuthCore.Keys;

/// <summary>
/// An opaque value: prefix, then base64url of the id of the row it lives in, 128 bits that it shares with the others of its chain if it is of a kind that
/// has one, and 256 random bits. Stores keep <see cref="Hash"/> and route by <see cref="Id"/>; the id is the presenter's word until the hash has matched.
/// </summary>
internal sealed class Handle
{
    internal const int RandomBytes = 32;
    internal const int ChainBytes = 16;
    private const int IdBytes = 16;

    private Handle(HandleKind kind, Guid id, string value, ReadOnlySpan<byte> bytes)
    {
        Kind = kind;
        Id = id;
        Value = value;
        Hash = HashOf(value);
        ChainHash = kind.HasChain ? SHA256.HashData(bytes.Slice(IdBytes, ChainBytes)) : [];
    }

    public HandleKind Kind { get; }

    /// <summary>Where it lives; empty for a kind without an id.</summary>
    public Guid Id { get; }

    /// <summary>The secret itself: to be delivered, never stored or logged.</summary>
    public string Value { get; }

    /// <summary>SHA-256 of the whole value.</summary>
    public byte[] Hash { get; }

    /// <summary>SHA-256 of what it shares with the others of its chain; empty for a kind without one.</summary>
    public byte[] ChainHash { get; }

    /// <summary>Makes a value that lives at an id; of a kind with a chain, the first of one.</summary>
    public static Handle Create(HandleKind kind, Guid id)
    {
        if (!kind.HasId || id == Guid.Empty)
        {
            throw new ArgumentException("This kind carries no id, or the id is empty.", nameof(id));
        }

        Span<byte> bytes = stackalloc byte[kind.ByteLength];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        RandomNumberGenerator.Fill(bytes[IdBytes..]);
        return new Handle(kind, id, kind.Prefix + Base64Url.EncodeToString(bytes), bytes);
    }

    /// <summary>Makes a value of a kind without an id.</summary>
    public static Handle Create(HandleKind kind)
    {
        if (kind.HasId)
        {
            throw new ArgumentException("This kind carries an id.", nameof(kind));
        }

        Span<byte> bytes = stackalloc byte[RandomBytes];
        RandomNumberGenerator.Fill(bytes);
        return new Handle(kind, Guid.Empty, kind.Prefix + Base64Url.EncodeToString(bytes), bytes);
    }

    /// <summary>Makes another value of the same chain.</summary>
    public Handle Next()
    {
        if (!Kind.HasChain)
        {
            throw new InvalidOperationException("This kind has no chain.");
        }

        Span<byte> bytes = stackalloc byte[Kind.ByteLength];
        Base64Url.DecodeFromChars(Value.AsSpan(Kind.Prefix.Length), bytes);
        RandomNumberGenerator.Fill(bytes[(IdBytes + ChainBytes)..]);
        return new Handle(Kind, Id, Kind.Prefix + Base64Url.EncodeToString(bytes), bytes);
    }

    /// <summary>The value of another kind that goes with this one, in the same row: whoever holds this one can make it, and nobody finds the way back.</summary>
    public Handle Derive(HandleKind kind)
    {
        if (!kind.HasId || kind.HasChain || kind == Kind)
        {
            throw new ArgumentException("This kind carries no id, has a chain, or is the same.", nameof(kind));
        }

        Span<byte> bytes = stackalloc byte[kind.ByteLength];
        Id.TryWriteBytes(bytes, bigEndian: true, out _);
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(Value), Encoding.UTF8.GetBytes(kind.Prefix), bytes[IdBytes..]);
        return new Handle(kind, Id, kind.Prefix + Base64Url.EncodeToString(bytes), bytes);
    }

    /// <summary>Reads a presented value; anything that <see cref="Create(HandleKind, Guid)"/> could not have made of this kind is refused.</summary>
    public static bool TryParse(HandleKind kind, string? value, [NotNullWhen(true)] out Handle? handle)
    {
        handle = null;
        var length = Base64Url.GetEncodedLength(kind.ByteLength);
        if (value is null || value.Length != kind.Prefix.Length + length || !value.StartsWith(kind.Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var text = value.AsSpan(kind.Prefix.Length);
        if (!CanonicalBase64Url.IsCanonical(text))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[kind.ByteLength];
        Base64Url.DecodeFromChars(text, bytes);
        handle = new Handle(kind, kind.HasId ? new Guid(bytes[..IdBytes], bigEndian: true) : Guid.Empty, value, bytes);
        return true;
    }

    /// <summary>SHA-256 of a value's UTF-8.</summary>
    public static byte[] HashOf(string value) => SHA256.HashData(Encoding.UTF8.GetBytes(value));

    /// <summary>Compares with a stored hash in constant time.</summary>
    public bool Matches(ReadOnlySpan<byte> storedHash) => CryptographicOperations.FixedTimeEquals(Hash, storedHash);

    /// <summary>Says the kind and the id, never the value.</summary>
    public override string ToString() => $"{Kind.Prefix}{Id}";
}
