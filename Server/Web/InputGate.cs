using System.Buffers;
using System.Text;
using AuthCore.Protocol;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace AuthCore.Web;

/// <summary>The parameters of a request, decoded once for everybody.</summary>
internal sealed class RequestParameters
{
    /// <summary>The query.</summary>
    public required Parameters Query { get; init; }

    /// <summary>The form, or 415 where the body is something else.</summary>
    public required Result<Parameters> Form { get; init; }
}

/// <summary>The one gate for bytes and sizes: what passes it is bounded, whole, valid UTF-8 without NUL.</summary>
internal static class InputGate
{
    /// <summary>How long a body may be, in bytes.</summary>
    public const int MaxBody = 64 * 1024;

    private const string FormType = "application/x-www-form-urlencoded";

    /// <summary>Puts the gate in.</summary>
    /// <param name="app">The pipeline, after routing.</param>
    /// <param name="refuse">How a request is answered that does not pass.</param>
    public static void UseInputGate(this IApplicationBuilder app, Func<HttpContext, ProtocolError, Task> refuse) => app.Use(async (http, next) =>
    {
        var query = http.Request.QueryString.Value is { Length: > 1 } text ? Parameters.Parse(Encoding.UTF8.GetBytes(text, 1, text.Length - 1)) : Parameters.Empty;
        if (!query.Try(out var parameters, out var error))
        {
            await refuse(http, error);
            return;
        }

        var form = await ReadFormAsync(http.Request, http.RequestAborted);
        if (!form.Try(out _, out error) && error.Status != StatusCodes.Status415UnsupportedMediaType)
        {
            await refuse(http, error);
            return;
        }

        http.Features.Set(new RequestParameters { Query = parameters, Form = form });
        await next(http);
    });

    /// <summary>The query's parameters.</summary>
    public static Parameters QueryParameters(this HttpContext http) => http.Features.GetRequiredFeature<RequestParameters>().Query;

    /// <summary>The form's parameters, or 415.</summary>
    public static Result<Parameters> FormParameters(this HttpContext http) => http.Features.GetRequiredFeature<RequestParameters>().Form;

    private static async Task<Result<Parameters>> ReadFormAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength is null or 0 && !request.Headers.ContainsKey(HeaderNames.TransferEncoding) && request.ContentType is null)
        {
            return Parameters.Empty;
        }

        if (!IsForm(request))
        {
            return new ProtocolError("invalid_request", $"The body must be {FormType} in UTF-8.", StatusCodes.Status415UnsupportedMediaType);
        }

        var tooLarge = new ProtocolError("invalid_request", "The request body is too large.", StatusCodes.Status413PayloadTooLarge);
        if (request.ContentLength > MaxBody)
        {
            return tooLarge;
        }

        // One byte more than is said, or allowed: whether there is more must be seen.
        var capacity = (int)(request.ContentLength ?? MaxBody) + 1;
        var buffer = ArrayPool<byte>.Shared.Rent(capacity);
        var length = 0;
        try
        {
            length = await request.Body.ReadAtLeastAsync(buffer.AsMemory(0, capacity), capacity, throwOnEndOfStream: false, ct);
            return length > MaxBody ? tooLarge : Parameters.Parse(buffer.AsSpan(0, length));
        }
        catch (IOException fault) when (fault is not BadHttpRequestException)
        {
            // Kestrel's word for a chunk size beyond all numbers, and for a client that went away: neither is a fault of ours.
            return ProtocolError.InvalidRequest("The request body could not be read.");
        }
        finally
        {
            buffer.AsSpan(0, Math.Max(length, 0)).Clear();   // it held secrets
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool IsForm(HttpRequest request) =>
        !request.Headers.ContainsKey(HeaderNames.ContentEncoding)
        && MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals(FormType, StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}
