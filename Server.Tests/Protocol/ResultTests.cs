using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

public sealed class ResultTests
{
    [Fact]
    public void A_result_that_was_never_set_is_an_error()
    {
        Assert.False(default(Result<string>).Try(out var value, out var error));
        Assert.Null(value);
        Assert.Equal(("server_error", 500), (error.Code, error.Status));
        Assert.False(default(Result<int>).Try(out _, out _));
    }

    [Fact]
    public void An_error_has_no_value()
    {
        Result<string> result = ProtocolError.InvalidGrant("reason");

        Assert.False(result.Try(out var value, out var error));
        Assert.Null(value);
        Assert.Equal("invalid_grant", error.Code);
    }

    [Fact]
    public void A_value_has_no_error()
    {
        Assert.True(Result.Ok<IReadOnlyList<int>>([0]).Try(out var value, out var error));
        Assert.Null(error);
        Assert.Single(value);
    }
}
