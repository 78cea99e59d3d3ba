using AuthCore.Flows;
using AuthCore.Stores;
using AuthCore.Web;

namespace AuthCore.Endpoints;

/// <summary>OIDC Core §3.1.2.4: the page where a person says what an application may have.</summary>
internal static class ConsentEndpoint
{
    /// <summary>Maps it.</summary>
    public static void MapConsent(this IEndpointRouteBuilder routes)
    {
        routes.MapPage("/consent", ShowAsync);
        routes.MapPost("/consent", SubmitAsync).WithMetadata(new PageEndpoint());
    }

    private static async Task<IResult> ShowAsync(
        HttpContext http, Interactions interactions, ConsentFlow consent, BrowserPages pages, TokenTerms terms, CancellationToken ct)
    {
        var interaction = http.QueryParameters()["i"];
        var browser = pages.BrowserOf(http);
        var found = await interactions.FindAsync(interaction, browser, ct);
        if (BrowserPages.IsStuck(http, found, out var page))
        {
            return page;
        }

        if (await consent.FindAsync(found, browser, ct) is not { } question)
        {
            return new SeeOther(pages.Path("/authorize", interaction));
        }

        var redirectUri = question.Interaction.Request.RedirectUri.Value;
        var model = ConsentPageModel.Of(question, terms.DescribeLifetime(question.Client, question.Interaction.Request, question.Known.Resources));
        return PageResult.For(model with { Action = pages.Path("/consent"), Antiforgery = pages.FieldFor(http), InteractionId = interaction }, redirectUri);
    }

    private static async Task<IResult> SubmitAsync(
        HttpContext http, Interactions interactions, InteractionStore store, ConsentFlow consent, BrowserPages pages, TimeProvider clock, CancellationToken ct)
    {
        var (answer, refusal) = await pages.ReadAnswerAsync(http, interactions, ct);
        if (answer is null)
        {
            return refusal!;
        }

        var (form, found, browser) = answer;
        switch (form["decision"])
        {
            case "allow" when await consent.FindAsync(found, browser, ct) is { } question:
                if (!BrowserPages.IsShownTo(question.SessionId, form))
                {
                    return new SeeOther(pages.Path("/consent", answer.Handle));
                }

                await consent.AllowAsync(question, form.All("scope"), ct);
                break;
            case "deny":
                await store.DenyAsync(found.Interaction!.Id, clock.GetUtcNow(), ct);
                break;
            case "switch":
                return new SeeOther(pages.Path("/login", answer.Handle));
        }

        return new SeeOther(pages.Path("/authorize", answer.Handle));
    }
}
