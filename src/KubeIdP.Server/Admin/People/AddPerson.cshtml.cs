using KubeIdP.Core.Naming;
using KubeIdP.Server.Accounts;
using KubeIdP.Server.Administration;
using KubeIdP.Server.Sessions;
using Microsoft.AspNetCore.Mvc;

namespace KubeIdP.Server.Admin.People;

/// <summary>Adds a local account. The link or the code for the person is shown only in this response.</summary>
internal sealed class AddPersonModel(
    SessionCookie cookie, AdminAccess access, PersonAdministration administration) : AdminPageModel(cookie, access)
{
    [BindProperty]
    public string? Username { get; set; }

    [BindProperty]
    public string? DisplayName { get; set; }

    [BindProperty]
    public string? Email { get; set; }

    /// <summary>One on each line.</summary>
    [BindProperty]
    [Text(TextKind.Lines)]
    public string? Groups { get; set; }

    /// <summary>Null: the person sets one with an invitation link.</summary>
    [BindProperty]
    [Text(TextKind.Opaque)]
    public string? Password { get; set; }

    public IReadOnlyList<string> Faults { get; private set; } = [];

    /// <summary>Null before the account is added.</summary>
    public string? PersonId { get; private set; }

    public IssuedSecret? IssuedSecret { get; private set; }

    protected override bool ChangesOnly => true;

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var password = string.IsNullOrEmpty(Password) ? null : Password;
        var account = NewAccount.Typed(Username, Email, GroupLines.Of(Groups), password, DisplayName);
        Username = UserName.Compose(account.Username);
        switch (await administration.AddAsync(account, By(reason: null), ct))
        {
            case PersonAdded.Done added:
                PersonId = added.PersonId;
                IssuedSecret = new IssuedSecret(added.Kind, Username, added.Secret, added.ExpiresAt);
                return Page();

            case PersonAdded.Refused(var faults):
                Faults = faults;
                return Page();

            default:
                throw new InvalidOperationException("An answer of an unknown kind.");
        }
    }
}
