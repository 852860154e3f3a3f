using System.Buffers.Binary;
using KubeIdP.Data.Storage;

namespace KubeIdP.Data.Forms;

/// <summary>
/// Ensures that each form is processed once, by one of the replicas, and stores the response. One conditional statement decides which
/// request processes it.
/// </summary>
public sealed class SentFormStore(Database database)
{
    /// <summary>
    /// The number of rows that forms of unauthenticated visitors share; each form can use a few of them. Under a flood, a later form
    /// overwrites an earlier one, which then has no response for a second click; nothing else is lost.
    /// </summary>
    public const int SharedPlaces = 8_192;

    /// <summary>
    /// The maximum size in bytes of a response in a shared row. A larger one, which only an address of many kilobytes causes, is not
    /// stored.
    /// </summary>
    public const int MaxSharedAnswer = 48 * 1024;

    private const int Choices = 3;

    /// <summary>While a form is being processed, other requests wait this long; a request that takes longer has crashed.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    /// <summary>How long the response is stored.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>How long a response is stored in a shared row.</summary>
    public static readonly TimeSpan SharedLifetime = TimeSpan.FromMinutes(1);

    private const string Place = "id IN (@own, @first, @second, @third) AND form = @form";

    /// <summary>Null if the form was not submitted before, or so long ago that its row has expired.</summary>
    public Task<KnownForm?> FindAsync(byte[] form, CancellationToken ct) => database.FindAsync(
        $"SELECT answer FROM sent_forms WHERE {Place} AND expires_at > {database.Now}", row =>
            new KnownForm(row.BytesOrNull("answer")), ct, PlaceOf(form));

    /// <summary>Begins to process a form. Returns false if another request is processing it or has done so.</summary>
    /// <param name="form">The whole digest.</param>
    /// <param name="isShared">Whether the sender is not authenticated.</param>
    /// <param name="ct">If it is cancelled in time, nothing was written.</param>
    public async Task<bool> BeginAsync(byte[] form, bool isShared, CancellationToken ct)
    {
        if (!isShared) return await BeginAtAsync(form, form, mayPushOut: false, ct);

        for (var choice = 0; choice < Choices - 1; choice++)
        {
            if (await BeginAtAsync(SharedPlaceOf(form, choice), form, mayPushOut: false, ct)) return true;
            if (await FindAsync(form, ct) is not null) return false;
        }

        return await BeginAtAsync(SharedPlaceOf(form, Choices - 1), form, mayPushOut: true, ct);
    }

    public Task AnswerAsync(byte[] form, byte[] answer, TimeSpan lifetime, CancellationToken ct) => database.ExecuteAsync(
        $"UPDATE sent_forms SET answer = @answer, expires_at = {database.Now} + @lifetime WHERE {Place}", ct,
        [("answer", answer), ("lifetime", lifetime), .. PlaceOf(form)]);

    /// <summary>Removes a form that gets no response, so that it can be submitted again.</summary>
    public Task ForgetAsync(byte[] form, CancellationToken ct) =>
        database.ExecuteAsync($"DELETE FROM sent_forms WHERE {Place}", ct, PlaceOf(form));

    public Task PruneAsync(CancellationToken ct) => database.ExecuteAsync($"DELETE FROM sent_forms WHERE expires_at <= {database.Now}", ct);

    private async Task<bool> BeginAtAsync(byte[] place, byte[] form, bool mayPushOut, CancellationToken ct) =>
        await database.ExecuteAsync($"""
        INSERT INTO sent_forms (id, form, expires_at) VALUES (@id, @form, {database.Now} + @lease)
        ON CONFLICT (id) DO UPDATE SET form = excluded.form, expires_at = excluded.expires_at, answer = NULL
        WHERE sent_forms.expires_at <= {database.Now} OR (@push = 1 AND sent_forms.form <> excluded.form)
        """, ct, ("id", place), ("form", form), ("lease", Lease), ("push", mayPushOut ? 1 : 0)) == 1;

    /// <summary>All rows in which the form may be.</summary>
    private static (string, object?)[] PlaceOf(byte[] form) =>
        [("own", form), ("first", SharedPlaceOf(form, 0)), ("second", SharedPlaceOf(form, 1)), ("third", SharedPlaceOf(form, 2)),
            ("form", form)];

    private static byte[] SharedPlaceOf(byte[] form, int choice)
    {
        var place = BinaryPrimitives.ReadUInt16BigEndian(form.AsSpan(choice * sizeof(ushort))) % SharedPlaces;
        return [(byte)(place >> 8), (byte)place];
    }
}
