using System.Text;
using System.Xml.Linq;
using AuthCore.Stores;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.Options;

namespace AuthCore.Keys;

/// <summary>Puts the framework's key ring, which only antiforgery needs, into PostgreSQL under the master key: nothing is left to a folder or a machine.</summary>
internal static class KeyRing
{
    private const string Purpose = "key ring";

    /// <summary>Registers the key ring.</summary>
    public static void AddKeyRing(this IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("authcore");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(options =>
        {
            options.XmlRepository = new Repository(provider.GetRequiredService<KeyRingStore>());
            options.XmlEncryptor = new Encryptor(provider.GetRequiredService<KeyEncryption>());
        }));
    }

    /// <summary>Makes the first key where there is none, and has the ring in memory before the first form is shown.</summary>
    public static void Load(IServiceProvider services) => services.GetRequiredService<IDataProtectionProvider>().CreateProtector(Purpose).Protect([1]);

    // The framework asks synchronously, once at start and when it makes a key (every 90 days).
    private sealed class Repository(KeyRingStore store) : IXmlRepository
    {
        public IReadOnlyCollection<XElement> GetAllElements() =>
            [.. store.ListAsync(CancellationToken.None).GetAwaiter().GetResult().Select(xml => XElement.Parse(Encoding.UTF8.GetString(xml)))];

        public void StoreElement(XElement element, string friendlyName) =>
            store.AddAsync(friendlyName, Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting)), CancellationToken.None).GetAwaiter().GetResult();
    }

    private sealed class Encryptor(KeyEncryption encryption) : IXmlEncryptor
    {
        public EncryptedXmlInfo Encrypt(XElement plaintextElement) => new(
            new XElement("encrypted", Convert.ToBase64String(encryption.Encrypt(Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting)), Purpose))),
            typeof(Decryptor));
    }

    /// <summary>Made by the framework from the name kept in the XML.</summary>
    internal sealed class Decryptor(IServiceProvider services) : IXmlDecryptor
    {
        public XElement Decrypt(XElement encryptedElement) =>
            services.GetRequiredService<KeyEncryption>().TryDecrypt(Convert.FromBase64String(encryptedElement.Value), Purpose, out var xml)
                ? XElement.Parse(Encoding.UTF8.GetString(xml))
                : throw new InvalidOperationException("The master key does not open the key ring.");
    }
}
