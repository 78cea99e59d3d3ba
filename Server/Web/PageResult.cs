using System.Text;
using AuthCore.Web.Pages;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace AuthCore.Web;

/// <summary>
/// A page with its status and headers. The component is rendered whole before the first byte is sent, so a fault in it is an honest
/// 500. It is rendered by <see cref="HtmlRenderer"/>: <c>RazorComponentResult</c> adds only what interactive pages need
/// (services, a header, markers in the mark-up), and these pages have no script.
/// </summary>
internal sealed class PageResult : IResult
{
    // A person may sign in or out within a window that the application opened and waits for: any value but unsafe-none would cut the
    // two apart for good, and the application would take it for a cancelled sign-in. These pages hear no messages.
    private const string MayBePopup = "unsafe-none";
    private const string OwnWindow = "same-origin";

    // Seconds that the frames of other applications have before the browser goes on.
    private const int FramesHave = 3;

    private readonly Type component;
    private readonly object model;
    private readonly int status;
    private readonly string policy;
    private readonly string openerPolicy;

    private PageResult(Type component, object model, int status, string policy, string openerPolicy) =>
        (this.component, this.model, this.status, this.policy, this.openerPolicy) = (component, model, status, policy, openerPolicy);

    // Where a browser goes by itself, and when (HTML, the pragma `refresh`, which every browser knows as a header too).
    private string? Refresh { get; init; }

    /// <summary>The login page; 422 where the model holds an error, unless the caller knows better (429, 503).</summary>
    /// <param name="model">What it shows.</param>
    /// <param name="redirectUri">The validated redirect URI: the form's answer may end there.</param>
    /// <param name="status">The status, where it is not 200 or 422.</param>
    public static PageResult For(LoginModel model, string? redirectUri, int? status = null) =>
        Form<LoginPage>(model, redirectUri, status ?? (model.Error is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity));

    /// <summary>The choice of an account.</summary>
    public static PageResult For(SelectAccountModel model, string? redirectUri) => Form<SelectAccountPage>(model, redirectUri);

    /// <summary>The consent page.</summary>
    public static PageResult For(ConsentModel model, string? redirectUri) => Form<ConsentPage>(model, redirectUri);

    /// <summary>The question before signing out.</summary>
    /// <param name="model">What it shows.</param>
    /// <param name="postLogoutRedirectUri">The validated address that the form's answer may end at.</param>
    public static PageResult For(SignOutModel model, string? postLogoutRedirectUri = null) => Form<SignOutPage>(model, postLogoutRedirectUri);

    /// <summary>The end of a session; with frames, on the way to the application's address once they had time.</summary>
    public static PageResult For(SignedOutModel model)
    {
        var frames = model.Frames.Where(frame => FormActionSource.For(frame) is not null).Distinct(StringComparer.Ordinal).ToArray();
        return new PageResult(
            typeof(SignedOutPage), model with { Frames = frames }, StatusCodes.Status200OK, SecurityHeaders.ForPage([], null, frames.Select(frame => FormActionSource.For(frame)!)), MayBePopup)
        {
            Refresh = frames.Length > 0 && WebLink.OrApp(model.ContinueUri) is { } uri ? $"{FramesHave}; url={uri}" : null,
        };
    }

    /// <summary>An error, with the status it names.</summary>
    public static PageResult For(ErrorModel model) => new(typeof(ErrorPage), model, model.Status, SecurityHeaders.ForPage([]), MayBePopup);

    /// <summary>The start page.</summary>
    public static PageResult For(StartModel model) =>
        new(typeof(StartPage), model, StatusCodes.Status200OK, SecurityHeaders.ForPage([]), OwnWindow);

    /// <summary>A page of a feature: its forms stay on this server.</summary>
    /// <param name="model">What it shows.</param>
    /// <param name="status">The status.</param>
    public static PageResult Of<TPage, TModel>(TModel model, int status = StatusCodes.Status200OK)
        where TPage : Page<TModel>
        where TModel : class =>
        new(typeof(TPage), model, status, SecurityHeaders.ForPage(["'self'"]), OwnWindow);

    /// <summary>The authorization response as a form that posts itself to the client, and nowhere else.</summary>
    public static PageResult For(FormPostModel model) => new(
        typeof(FormPostPage),
        model,
        StatusCodes.Status200OK,
        SecurityHeaders.ForPage([FormActionSource.For(model.Action)], AutoSubmit.Hash),
        MayBePopup);

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var services = httpContext.RequestServices;
        var html = await RenderAsync(services, services.GetRequiredService<PageFrame>());

        var response = httpContext.Response;
        SecurityHeaders.ApplyTo(response, policy, openerPolicy);
        response.StatusCode = status;
        if (Refresh is not null)
        {
            response.Headers["Refresh"] = Refresh;
        }

        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = html.Length;
        if (!HttpMethods.IsHead(httpContext.Request.Method))
        {
            await response.Body.WriteAsync(html, httpContext.RequestAborted);
        }
    }

    private static PageResult Form<TPage>(object model, string? redirectUri, int status = StatusCodes.Status200OK)
        where TPage : IComponent =>
        new(typeof(TPage), model, status, SecurityHeaders.ForPage(["'self'", FormActionSource.For(redirectUri)]), MayBePopup);

    private async Task<byte[]> RenderAsync(IServiceProvider services, PageFrame frame)
    {
        var parameters = ParameterView.FromDictionary(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [nameof(Page<object>.Model)] = model,
            [nameof(Page<object>.Frame)] = frame,
        });

        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        var html = await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync(component, parameters)).ToHtmlString());
        return Encoding.UTF8.GetBytes(html);
    }
}
