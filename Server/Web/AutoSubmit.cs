using System.Security.Cryptography;
using System.Text;

namespace AuthCore.Web;

/// <summary>The one script of all pages: it posts the only form of the form_post page. Constant, so that its hash can allow it.</summary>
internal static class AutoSubmit
{
    private const string Script = "document.forms[0].submit();";

    /// <summary>The element, to be written as it is.</summary>
    public static string Element { get; } = $"<script>{Script}</script>";

    /// <summary>The source that allows it (CSP3 §2.3.1).</summary>
    public static string Hash { get; } = "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Script)));
}
