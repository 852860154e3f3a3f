using KubeIdP.Core.Sessions;

namespace KubeIdP.Server.Admin.DeviceCodes;

internal static class DeviceCodeTexts
{
    public static string WordsOf(DeviceRequestState state) => state switch
    {
        DeviceRequestState.Waiting => Texts.DeviceWaiting,
        DeviceRequestState.Opened => Texts.DeviceOpened,
        DeviceRequestState.Approved => Texts.DeviceApproved,
        DeviceRequestState.Denied => Texts.DeviceDenied,
        DeviceRequestState.DeniedByAdministrator => Texts.DeviceDeniedByAdministrator,
        _ => throw new InvalidOperationException("A device request is in an unknown state."),
    };
}
