using System.Globalization;
using System.Text;
using QRCoder;

namespace KubeIdP.Server.Factors.Totp;

/// <summary>
/// A QR code as one SVG path: without a style attribute or an image, so the page's content security policy needs no exception.
/// </summary>
internal sealed record QrCode(int Size, string Path)
{
    public static QrCode Of(string text)
    {
        // The largest code holds 2,331 bytes with the usual redundancy, 2,953 with the least.
        var redundancy = text.Length > 2_300 ? QRCodeGenerator.ECCLevel.L : QRCodeGenerator.ECCLevel.M;
        using var data = QRCodeGenerator.GenerateQrCode(text, redundancy);
        var modules = data.ModuleMatrix;
        var path = new StringBuilder();

        for (var y = 0; y < modules.Count; y++)
        {
            for (var x = 0; x < modules.Count; x++)
            {
                if (!modules[y][x]) continue;

                var start = x;
                while (x + 1 < modules.Count && modules[y][x + 1]) x++;
                var width = x - start + 1;
                path.Append(CultureInfo.InvariantCulture, $"M{start} {y}h{width}v1h-{width}z");
            }
        }

        return new QrCode(modules.Count, path.ToString());
    }
}
