using AuthCore.Endpoints;
using AuthCore.Flows;
using AuthCore.Protocol;
using AuthCore.Web;

namespace AuthCore.Features.Account;

/// <summary>An application in the words of the page.</summary>
internal static class ApplicationWords
{
    private const int Hosts = 3;

    /// <summary>What a person is told of it.</summary>
    /// <param name="row">The application.</param>
    /// <param name="known">What scopes and resources are called.</param>
    /// <param name="issuer">This server, which is no API that anybody has to be told of.</param>
    /// <param name="now">The clock.</param>
    public static ApplicationEntry Of(ApplicationRow row, CatalogSnapshot known, string issuer, DateTimeOffset now) => new()
    {
        ClientId = row.ClientId,
        Name = row.ClientName,
        Host = HostOf(row.RedirectUris),
        May = [.. ItemsOf(row, known.Scopes).Select(item => ConsentPageModel.TitleOf(item, known.Scopes)).Distinct(StringComparer.Ordinal)],
        Resources = [.. row.Resource.Where(r => r != issuer).Select(r => known.FindResource(r)?.Name ?? r).Order(StringComparer.Ordinal)],
        Since = When.DayOf(row.Since, now),
        LastUsed = row.LastUsedAt is { } last ? When.Of(last, now) : null,
        Remarks = [.. RemarksOf(row)],
    };

    // In the order of the consent page: scopes as registered, then claims by themselves.
    private static IEnumerable<string> ItemsOf(ApplicationRow row, ScopeCatalog scopes)
    {
        var items = row.HasAccess ? [.. row.Scope, .. row.ClaimNames.Select(name => ScopeCatalog.ClaimPrefix + name)] : row.Remembered;
        var order = scopes.Scopes.Select((scope, at) => (scope.Name, at)).ToDictionary(pair => pair.Name, pair => pair.at, StringComparer.Ordinal);
        return items.OrderBy(item => order.GetValueOrDefault(item, int.MaxValue)).ThenBy(item => item, StringComparer.Ordinal);
    }

    private static string? HostOf(string[] redirectUris)
    {
        var hosts = redirectUris.Select(RedirectHost.Describe).Distinct(StringComparer.Ordinal).ToArray();
        return hosts.Length == 0 ? null : string.Join(", ", hosts.Take(Hosts)) + (hosts.Length > Hosts ? ", …" : "");
    }

    private static IEnumerable<string> RemarksOf(ApplicationRow row)
    {
        if (!row.HasAccess)
        {
            yield return "It has no access at the moment, but you allowed this before: next time it will not ask.";
        }

        if (!row.RequireConsent)
        {
            yield return "The people who run this server let it in without asking you, so withdrawing lasts until you use it again.";
        }

        if (row.IsDisabled)
        {
            yield return "The people who run this server have switched it off.";
        }
    }
}
