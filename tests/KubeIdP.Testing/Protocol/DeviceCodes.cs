using System.Net;
using System.Text.Json;
using KubeIdP.Testing.Browsers;

namespace KubeIdP.Testing.Protocol;

/// <summary>What the device authorization endpoint answered (RFC 8628 §3.2).</summary>
public sealed record DeviceAnswer(HttpStatusCode Status, JsonElement Body, string Text)
{
    public string? Error => Body.TryGetProperty("error", out var error) ? error.GetString() : null;

    public string DeviceCode => Body.GetProperty("device_code").GetString()!;

    public string UserCode => Body.GetProperty("user_code").GetString()!;

    public DeviceAnswer Succeeded() =>
        Status == HttpStatusCode.OK ? this : throw new InvalidOperationException($"{(int)Status}: {Text}");
}

/// <summary>Both sides of a device code: the machine that waits, and the person at a browser.</summary>
public static class DeviceCodes
{
    public const string No = "No, this wasn’t me";
    public const string Yes = "Yes, sign in that machine";

    public static async Task<DeviceAnswer> AskForDeviceAsync(this RelyingParty client, CancellationToken ct,
        params (string Name, string? Value)[] changes)
    {
        using var response = await client.PostAsync("connect/device", ct, [("scope", "openid"), .. changes]);
        var text = await response.Content.ReadAsStringAsync(ct);
        return new DeviceAnswer(response.StatusCode, JsonDocument.Parse(text).RootElement, text);
    }

    public static Task<TokenAnswer> PollAsync(this RelyingParty client, DeviceAnswer asked, CancellationToken ct,
        params (string Name, string? Value)[] changes) => client.TokenAsync(
        ct, [("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", asked.DeviceCode), .. changes]);

    /// <summary>To the page that asks, in a browser that is signed in.</summary>
    public static async Task<Page> TypeCodeAsync(this BrowserClient browser, string code, CancellationToken ct) =>
        await (await browser.GoAsync(browser.PageOf("device"), ct)).Fill("Code", code).PressAsync("Continue", ct);

    /// <summary>Signs in as far as it is needed to type a code.</summary>
    public static async Task<Page> OpenDevicePageAsync(this Account account, BrowserClient browser, CancellationToken ct)
    {
        var page = await browser.GoAsync(browser.PageOf("device"), ct);
        if (page.HasField("Code")) return page;
        if (page.HasField("Authentication code")) return await account.VerifyAsync(page, ct);

        await account.SignInAsync(browser, browser.PageOf("account"), ct);
        return await browser.GoAsync(browser.PageOf("device"), ct);
    }

    /// <summary>Types the code, and says yes.</summary>
    public static Task<Page> ApproveAsync(this BrowserClient browser, DeviceAnswer asked, CancellationToken ct) =>
        browser.ApproveAsync(asked.UserCode, ct);

    /// <inheritdoc cref="ApproveAsync(BrowserClient, DeviceAnswer, CancellationToken)"/>
    public static async Task<Page> ApproveAsync(this BrowserClient browser, string userCode, CancellationToken ct)
    {
        var page = await (await browser.TypeCodeAsync(userCode, ct)).PressAsync(Yes, ct);
        return page.Has("The machine is being signed in") ? page : throw new InvalidOperationException($"It was not approved: {page}");
    }

    /// <summary>Types the code, and says no.</summary>
    public static async Task<Page> DenyAsync(this BrowserClient browser, DeviceAnswer asked, CancellationToken ct) =>
        await (await browser.TypeCodeAsync(asked.UserCode, ct)).PressAsync(No, ct);

    // An issuer may have a path.
    private static Uri PageOf(this BrowserClient browser, string page) => new($"{browser.Home.ToString().TrimEnd('/')}/{page}");
}
