using AuthCore.Web.Pages;

namespace AuthCore.Endpoints;

/// <summary>A page about the signed-in person. The start page links to it, and signing in may lead back to it.</summary>
/// <param name="Path">Below the issuer's path, beginning with a slash.</param>
/// <param name="Title">What the link says.</param>
internal sealed record PersonalPage(string Path, string Title);

/// <summary>Every such page there is. What a URL asks to be led back to is looked up here, so it can be no other address.</summary>
internal sealed class PersonalPages(IEnumerable<PersonalPage> pages, PageFrame frame)
{
    private readonly PersonalPage[] _pages = [.. pages];

    /// <summary>The page's path as asked for, or null where no page is called exactly that.</summary>
    public string? Find(string? path) => _pages.FirstOrDefault(page => page.Path == path)?.Path;

    /// <summary>Links to all of them.</summary>
    /// <param name="current">The path of the page they stand on, if it is one of them.</param>
    public IReadOnlyList<PageLink> Links(string? current = null) => [.. _pages.Select(page => new PageLink(frame.PathBase + page.Path, page.Title, page.Path == current))];

    /// <summary>Where somebody who is not signed in goes to come back to the page.</summary>
    public string SignInFor(string path) => $"{frame.PathBase}/login?to={Uri.EscapeDataString(path)}";
}
