using System.Formats.Tar;

namespace KubeIdP.Core.Files;

/// <summary>
/// What kind of file there is, and whose. .NET has no method for either; but it writes both into a tar archive, on every system and without
/// opening what is not a regular file. Windows has no such owner: there it is always 0.
/// </summary>
/// <param name="IsRegular">Neither folder, link, pipe nor device: it can be read without waiting for anybody.</param>
/// <param name="Owner">The number of the account; above 2,147,483,647 it is read as 0.</param>
public readonly record struct FileStatus(bool IsRegular, int Owner)
{
    /// <param name="path">Not followed if it is a link. A regular file is read as a whole, so call this for small ones.</param>
    /// <exception cref="IOException">There is none, or it is a socket.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not read it.</exception>
    public static FileStatus Of(string path)
    {
        using var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, TarEntryFormat.Gnu, leaveOpen: true)) writer.WriteEntry(path, "file");
        archive.Position = 0;
        using var reader = new TarReader(archive);
        var entry = reader.GetNextEntry()!;
        return new FileStatus(entry.EntryType is TarEntryType.RegularFile, entry.Uid);
    }
}
