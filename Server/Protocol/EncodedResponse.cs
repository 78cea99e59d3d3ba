namespace AuthCore.Protocol;

/// <summary>An authorization response as it is delivered.</summary>
/// <param name="ResponseMode"><c>query</c> or <c>form_post</c>: what the browser does with it.</param>
/// <param name="Parameters">In this order.</param>
public sealed record EncodedResponse(string ResponseMode, IReadOnlyList<KeyValuePair<string, string>> Parameters)
{
    /// <summary>Never the code.</summary>
    public override string ToString() => $"response by {ResponseMode}";
}
