using AuthCore.Protocol;
using FluentValidation;

namespace AuthCore.Features.Config;

/// <summary>What may be a scope.</summary>
internal sealed class ScopeRules : AbstractValidator<ScopeDefinition>
{
    public ScopeRules()
    {
        Fault("name", s => !Scope.IsToken(s.Name), "must be 1 to 128 visible ASCII characters without \" and \\");
        Fault("name", s => s.Name.StartsWith(ScopeCatalog.ClaimPrefix, StringComparison.Ordinal), $"must not begin with {ScopeCatalog.ClaimPrefix}");
        Fault("title", s => !PlainText.IsShort(s.Title), $"must be 1 to {PlainText.Short} characters without control characters");
        Fault("description", s => s.Description is not null && !PlainText.IsLong(s.Description), $"must be 1 to {PlainText.Long} characters without control characters");
        Fault("claims", s => !s.Claims.All(StandardScopes.Claims.Contains), $"must be of {string.Join(", ", StandardScopes.Claims)}");
    }

    private void Fault(string name, Func<ScopeDefinition, bool> isFaulty, string message) =>
        RuleFor(s => s).Must(s => !isFaulty(s)).OverridePropertyName(name).WithMessage(message);
}
