using AuthCore.Protocol;

namespace AuthCore.Options;

/// <summary>The settings that name levels of authentication, and demand them.</summary>
internal static class AcrSettings
{
    public static AcrOptions Levels(Settings settings)
    {
        var otherwise = new AcrOptions();
        var acr = new AcrOptions
        {
            Password = settings.Text("AuthCore:Acr:Password") ?? otherwise.Password,
            SecondFactor = settings.Text("AuthCore:Acr:SecondFactor") ?? otherwise.SecondFactor,
        };

        // OIDC Core §3.1.2.1: acr_values are separated by spaces; RFC 9110 §11.2: a challenge holds them between quotes.
        const string Faulty = "must be of visible ASCII characters, without quotes and backslashes.";
        if (!acr.Password.All(IsQuotable)) { settings.Fault("AuthCore:Acr:Password", Faulty); }
        if (!acr.SecondFactor.All(IsQuotable)) { settings.Fault("AuthCore:Acr:SecondFactor", Faulty); }
        if (acr.Password == acr.SecondFactor) { settings.Fault("AuthCore:Acr:SecondFactor", "must differ from AUTHCORE__ACR__PASSWORD."); }

        return acr;
    }

    public static AuthenticationDemand UserInfo(Settings settings, AcrOptions acr)
    {
        const string MaxAge = "AuthCore:UserInfo:MaxAge";
        const string AcrValues = "AuthCore:UserInfo:AcrValues";
        var seconds = settings.Text(MaxAge) is null ? (int?)null : (int)settings.Time(MaxAge, TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromDays(3650)).TotalSeconds;
        var values = settings.List(AcrValues);
        if (values.Any(value => value != acr.Password && value != acr.SecondFactor)) { settings.Fault(AcrValues, "must be of AUTHCORE__ACR__PASSWORD and AUTHCORE__ACR__SECONDFACTOR."); }

        return new AuthenticationDemand(values, seconds);
    }

    private static bool IsQuotable(char c) => c is > ' ' and <= '~' and not ('"' or '\\');
}
