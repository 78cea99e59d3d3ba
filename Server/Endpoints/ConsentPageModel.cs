using AuthCore.Flows;
using AuthCore.Protocol;
using AuthCore.Web;
using AuthCore.Web.Pages;

namespace AuthCore.Endpoints;

/// <summary>The question in the words of the consent page.</summary>
internal static class ConsentPageModel
{
    /// <summary>Everything but the form's own fields.</summary>
    public static ConsentModel Of(ConsentQuestion question, string lifetime)
    {
        var request = question.Interaction.Request;
        var client = question.Client;
        return new ConsentModel
        {
            Action = "",
            Antiforgery = new AntiforgeryField("", ""),
            Session = question.SessionId,
            ClientName = client.ClientName,
            ClientUri = client.ClientUri,
            PolicyUri = client.PolicyUri,
            TosUri = client.TosUri,
            ClientHost = RedirectHost.Describe(request.RedirectUri.Value),
            RedirectHost = RedirectHost.Describe(request.RedirectUri.Value),
            UserName = question.User.DisplayName,
            Scopes = [.. question.Items.Select(item => Line(item, question))],
            Resources = [.. request.Resource.Select(r => Place(r, question))],
            LifetimeText = lifetime,
            SelfDeclared = client.RegisteredBy != "operator",
            Warning = client.IsPublic && !request.RedirectUri.Value.StartsWith("https://", StringComparison.Ordinal)
                ? "Any program on this device could pretend to be this application. Go on only if you have just started it yourself."
                : null,
        };
    }

    /// <summary>An item of a consent, as <see cref="ScopeCatalog.ItemsOf"/> lists them, in words.</summary>
    public static string TitleOf(string item, ScopeCatalog scopes) =>
        item.StartsWith(ScopeCatalog.ClaimPrefix, StringComparison.Ordinal)
            ? $"Your {item[ScopeCatalog.ClaimPrefix.Length..].Replace('_', ' ')}"
            : scopes.Find(item)?.Title ?? item;

    private static ConsentScope Line(string item, ConsentQuestion question)
    {
        var claim = item.StartsWith(ScopeCatalog.ClaimPrefix, StringComparison.Ordinal) ? item[ScopeCatalog.ClaimPrefix.Length..] : null;
        var scope = claim is null ? question.Known.Scopes.Find(item) : null;
        var isRequired = question.Known.Scopes.IsRequired(item);
        var isDeclined = question.Before?.Declined.Contains(item) == true && question.Before.Granted.Contains(item) == false;
        var places = question.Interaction.Request.Resource.Where(r => question.Known.FindResource(r)?.Scopes.Contains(item) == true).ToArray();
        return new ConsentScope
        {
            Name = item,
            Title = TitleOf(item, question.Known.Scopes),
            Description = claim is null ? scope?.Description
                : question.Interaction.Request.Claims?.Essential.Contains(claim) == true ? "The application says that it needs this for what you are about to do."   // OIDC Core §5.5.1
                : null,
            Group = claim is not null || scope?.Personal == true || item == Scope.OpenId ? ConsentGroup.Personal : ConsentGroup.Access,
            IsRequired = isRequired,
            RequiredReason = !isRequired ? null : item == Scope.OpenId ? "Needed to sign you in." : "The application cannot work without it.",
            IsTicked = isRequired || !isDeclined,
            IsNew = question.Before is { } before && !before.Declined.Contains(item)
                && (!before.Granted.Contains(item) || !question.Known.Scopes.TargetsOf(places, [item]).All(before.Targets.Contains)),
            ResourceNames = [.. places.Select(r => question.Known.FindResource(r)!.Name)],
            Details = [.. (claim is null ? scope?.Claims ?? [] : [claim]).Select(c => Detail(c, question.User)).OfType<ConsentDetail>()],
        };
    }

    private static ConsentResource Place(string identifier, ConsentQuestion question)
    {
        var name = question.Known.FindResource(identifier)?.Name ?? identifier;
        var host = RedirectTarget.Read(identifier) is { IsWeb: true } web ? web.Host + web.Port : identifier;
        return new ConsentResource(name, name.Contains(host, StringComparison.OrdinalIgnoreCase) ? null : host, question.Before is { } before && !before.Targets.Contains(identifier));
    }

    private static ConsentDetail? Detail(string claim, User user) =>
        UserClaims.TextOf(claim, user) is { } value ? new ConsentDetail(value, claim.Replace('_', ' ')) : null;
}
