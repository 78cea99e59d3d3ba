using Microsoft.AspNetCore.Components;

namespace AuthCore.Web.Pages;

/// <summary>A whole page: one model in, one HTML document out. Razor makes components public, so their models are too.</summary>
public abstract class Page<TModel> : ComponentBase
    where TModel : class
{
    /// <summary>What this page shows: plain values, already decided.</summary>
    [Parameter, EditorRequired]
    public TModel Model { get; set; } = null!;

    /// <summary>What every page shows.</summary>
    [Parameter, EditorRequired]
    public PageFrame Frame { get; set; } = null!;
}
