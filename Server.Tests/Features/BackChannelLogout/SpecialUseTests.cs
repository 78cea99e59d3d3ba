using AuthCore.Protocol;

namespace AuthCore.Tests.Features.BackChannelLogout;

/// <summary>CWE-918: a logout address leads to a public host, or to what the operator named.</summary>
public sealed class SpecialUseTests : IAsyncLifetime
{
    private readonly LogoutServer _server = new();

    public ValueTask InitializeAsync()
    {
        _server.App.Settings["AuthCore:Outbound:Allowed:0"] = "10.255.255.1";
        return _server.InitializeAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task An_address_of_special_use_is_never_called()
    {
        List<Client> clients = [await _server.NewClientAsync(), await _server.NewClientAsync(uri: _server.Receiver.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal) + "/named")];
        var (browser, _, _) = await _server.SignInAsync([.. clients]);

        await LogoutServer.SignOutAsync(browser);

        foreach (var client in clients)
        {
            var row = await _server.RowAsync(client, row => row.LastStatus is not null);
            Assert.Equal(0, row.LastStatus);
            Assert.Contains("special use", row.LastError, StringComparison.Ordinal);
            Assert.Equal(0, _server.Receiver.Waiting("/" + client.ClientId));
        }

        Assert.Equal(0, _server.Receiver.Waiting("/named"));
        browser.Dispose();
    }
}
