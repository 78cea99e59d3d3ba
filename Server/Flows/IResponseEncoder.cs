using AuthCore.Protocol;

namespace AuthCore.Flows;

/// <summary>Writes authorization responses for response modes of its own; <c>query</c> and <c>form_post</c> need none.</summary>
internal interface IResponseEncoder
{
    /// <summary>The values of <c>response_mode</c> that ask for it.</summary>
    IReadOnlyList<string> ResponseModes { get; }

    /// <summary>Writes the response.</summary>
    /// <param name="target">Where it goes; its mode is one of <see cref="ResponseModes"/>.</param>
    /// <param name="parameters">RFC 6749 §4.1.2: <c>code</c>, or <c>error</c> and <c>error_description</c>; and <c>state</c>. Without <c>iss</c>.</param>
    /// <param name="client">Whose response it is.</param>
    /// <param name="ct">Ends the wait.</param>
    ValueTask<EncodedResponse> EncodeAsync(ResponseTarget target, IReadOnlyList<KeyValuePair<string, string>> parameters, Client client, CancellationToken ct);
}
