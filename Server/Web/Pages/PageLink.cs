namespace AuthCore.Web.Pages;

/// <summary>A link to a page of this server.</summary>
/// <param name="Href">A path of this server.</param>
/// <param name="Text">What it says.</param>
/// <param name="IsCurrent">Whether it is the page that shows it.</param>
public sealed record PageLink(string Href, string Text, bool IsCurrent = false);
