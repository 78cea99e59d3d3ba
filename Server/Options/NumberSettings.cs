using static System.TimeSpan;

namespace AuthCore.Options;

/// <summary>The settings that are numbers or times, with the range of each.</summary>
internal static class NumberSettings
{
    private static readonly TimeSpan Second = FromSeconds(1);
    private static readonly TimeSpan Day = FromDays(1);
    private static readonly TimeSpan TenYears = FromDays(3650);

    public static PasswordHashingOptions PasswordHashing(Settings settings, bool isDevelopment)
    {
        var otherwise = new PasswordHashingOptions();
        return new PasswordHashingOptions
        {
            Cost = settings.Number("AuthCore:PasswordHashing:Cost", otherwise.Cost, isDevelopment ? 4 : 10, 16),
            Threads = settings.Number("AuthCore:PasswordHashing:Threads", 0, 1, 256) is > 0 and var threads ? threads : null,
            QueueLength = settings.Number("AuthCore:PasswordHashing:QueueLength", otherwise.QueueLength, 1, 10_000),
        };
    }

    public static LifetimeOptions Lifetimes(Settings settings)
    {
        var otherwise = new LifetimeOptions();
        TimeSpan Read(string name, TimeSpan value, TimeSpan least, TimeSpan most) => settings.Time($"AuthCore:Lifetimes:{name}", value, least, most);

        var lifetimes = new LifetimeOptions
        {
            Interaction = Read(nameof(otherwise.Interaction), otherwise.Interaction, FromSeconds(30), FromHours(1)),
            Code = Read(nameof(otherwise.Code), otherwise.Code, Second, FromMinutes(10)),   // RFC 6749 §4.1.2
            AccessToken = Read(nameof(otherwise.AccessToken), otherwise.AccessToken, Second, Day),
            ClientCredentialsAccessToken = Read(nameof(otherwise.ClientCredentialsAccessToken), otherwise.ClientCredentialsAccessToken, Second, Day),
            IdToken = Read(nameof(otherwise.IdToken), otherwise.IdToken, Second, Day),
            RefreshTokenIdle = Read(nameof(otherwise.RefreshTokenIdle), otherwise.RefreshTokenIdle, Second, TenYears),
            RefreshTokenAbsolute = Read(nameof(otherwise.RefreshTokenAbsolute), otherwise.RefreshTokenAbsolute, Second, TenYears),
            RefreshRetryWindow = Read(nameof(otherwise.RefreshRetryWindow), otherwise.RefreshRetryWindow, Zero, FromMinutes(10)),
            SessionIdle = Read(nameof(otherwise.SessionIdle), otherwise.SessionIdle, Second, TenYears),
            SessionAbsolute = Read(nameof(otherwise.SessionAbsolute), otherwise.SessionAbsolute, Second, TenYears),
        };

        if (lifetimes.RefreshTokenIdle > lifetimes.RefreshTokenAbsolute)
        {
            settings.Fault("AuthCore:Lifetimes:RefreshTokenIdle", "must not be longer than AUTHCORE__LIFETIMES__REFRESHTOKENABSOLUTE.");
        }

        if (lifetimes.SessionIdle > lifetimes.SessionAbsolute)
        {
            settings.Fault("AuthCore:Lifetimes:SessionIdle", "must not be longer than AUTHCORE__LIFETIMES__SESSIONABSOLUTE.");
        }

        return lifetimes;
    }

    public static LockoutOptions Lockout(Settings settings)
    {
        var otherwise = new LockoutOptions();
        var lockout = new LockoutOptions
        {
            Attempts = settings.Number("AuthCore:Lockout:Attempts", otherwise.Attempts, 2, 1000),
            Window = settings.Time("AuthCore:Lockout:Window", otherwise.Window, Second, Day),
            First = settings.Time("AuthCore:Lockout:First", otherwise.First, Second, Day),
            Longest = settings.Time("AuthCore:Lockout:Longest", otherwise.Longest, Second, Day),
        };
        if (lockout.First > lockout.Longest) { settings.Fault("AuthCore:Lockout:First", "must not be longer than AUTHCORE__LOCKOUT__LONGEST."); }

        return lockout;
    }
}
