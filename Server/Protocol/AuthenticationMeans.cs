namespace AuthCore.Protocol;

/// <summary>OIDC Core §2 (acr): how well this server can authenticate a person.</summary>
/// <param name="Levels">The <c>acr</c> values that have an order, the weakest first: each includes those before it.</param>
/// <param name="SignIn">What signing in gives.</param>
/// <param name="Further">What the steps beyond it give.</param>
public sealed record AuthenticationMeans(string[] Levels, string SignIn, string[] Further)
{
    /// <summary>OIDC Discovery §3: the <c>acr</c> values that can come about.</summary>
    public string[] Possible => [.. Further.Prepend(SignIn).Distinct(StringComparer.Ordinal)];

    /// <summary>Whether who has this <c>acr</c> has the other one too: it is the same, or a weaker one.</summary>
    public bool Includes(string acr, string other) =>
        acr == other || (Array.IndexOf(Levels, other) is >= 0 and var rank && Array.IndexOf(Levels, acr) > rank);

    /// <summary>Whether this <c>acr</c> will do where one of these is wanted.</summary>
    public bool Meets(string acr, IEnumerable<string> wanted) => wanted.Any(one => Includes(acr, one));

    /// <summary>Whether any sign-in of this server, with all its steps, would do where one of these is wanted.</summary>
    public bool CanMeet(IEnumerable<string> wanted) => Possible.Any(acr => Meets(acr, wanted));
}
