using KubeIdP.Core.Naming;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace KubeIdP.Server.Onboarding;

/// <summary>A page on which a password is chosen. The typed passwords are never sent back.</summary>
internal abstract class NewPasswordModel : PageModel
{
    [BindProperty]
    [Text(TextKind.Opaque)]
    public string? NewPassword { get; set; }

    [BindProperty]
    [Text(TextKind.Opaque)]
    public string? RepeatedPassword { get; set; }

    /// <summary>The faults of the input, as sentences.</summary>
    public IReadOnlyList<string> Faults { get; protected set; } = [];

    /// <summary>The address of the form, with the token.</summary>
    public string FormAction => $"{Request.Path}{Request.QueryString}";

    protected string ChosenPassword => NewPassword ?? "";

    protected IEnumerable<string> RepetitionFaults => ChosenPassword == (RepeatedPassword ?? "") ? [] : [Texts.PasswordsDiffer];

    protected IActionResult Refuse(IReadOnlyList<string> faults)
    {
        Faults = faults;
        return Page();
    }
}
