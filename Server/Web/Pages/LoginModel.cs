namespace AuthCore.Web.Pages;

/// <summary>The page where a person types a password. Posts <c>username</c>, <c>password</c>, <c>i</c> or <c>to</c> and, to go back, <c>decision=cancel</c>.</summary>
public sealed record LoginModel
{
    /// <summary>Where the form is posted.</summary>
    public required string Action { get; init; }

    /// <summary>The antiforgery field.</summary>
    public required AntiforgeryField Antiforgery { get; init; }

    /// <summary>The interaction, posted as <c>i</c>; absent where the person signs in to AuthCore itself.</summary>
    public string? InteractionId { get; init; }

    /// <summary>The page of this server to go back to, posted as <c>to</c>.</summary>
    public string? ReturnTo { get; init; }

    /// <summary>The application's name; absent where the person signs in to AuthCore itself.</summary>
    public string? ClientName { get; init; }

    /// <summary>The application's host, which it cannot fake as it can its name.</summary>
    public string? ClientHost { get; init; }

    /// <summary>What was typed before, or a <c>login_hint</c>.</summary>
    public string? Username { get; init; }

    /// <summary>Why a signed-in person is asked again, or any other word before the form.</summary>
    public string? Notice { get; init; }

    /// <summary>Why the last attempt did not succeed.</summary>
    public LoginError? Error { get; init; }
}

/// <summary>Why an attempt to sign in did not succeed, in words for a person. The same words for unknown, wrong and disabled.</summary>
/// <param name="Text">One or two sentences.</param>
/// <param name="MarksFields">Whether what was typed is at fault.</param>
public sealed record LoginError(string Text, bool MarksFields)
{
    /// <summary>User unknown, disabled, or the password wrong: nobody learns which.</summary>
    public static LoginError WrongPassword { get; } =
        new("That username and password do not match. Check both and try again.", MarksFields: true);

    /// <summary>Username or password empty, or of a shape no account has.</summary>
    public static LoginError Incomplete { get; } = new("Enter your username and your password.", MarksFields: true);

    /// <summary>Too many attempts at once for this server to check a password now.</summary>
    public static LoginError Busy { get; } =
        new("AuthCore is very busy at the moment. Wait a few seconds and try again.", MarksFields: false);

    /// <summary>Too many wrong passwords: waiting helps, trying does not.</summary>
    public static LoginError Locked(TimeSpan wait)
    {
        var minutes = Math.Max(1, (int)Math.Ceiling(wait.TotalMinutes));
        var time = minutes == 1 ? "1 minute" : $"{minutes} minutes";
        return new($"There were too many attempts to sign in. Wait {time}, then try again.", MarksFields: false);
    }
}
