using Microsoft.AspNetCore.Antiforgery;

namespace AuthCore.Web.Pages;

/// <summary>The hidden field that proves a post comes from a page this server sent to this browser.</summary>
public sealed record AntiforgeryField(string Name, string Value)
{
    /// <summary>The field of a token set, as <see cref="IAntiforgery.GetAndStoreTokens"/> makes it.</summary>
    public static AntiforgeryField From(AntiforgeryTokenSet tokens) =>
        new(tokens.FormFieldName, tokens.RequestToken ?? throw new InvalidOperationException("No antiforgery request token was made."));

    /// <summary>Names the field; its value is not for logs.</summary>
    public override string ToString() => $"{nameof(AntiforgeryField)} {{ Name = {Name} }}";
}
