using KubeIdP.Core.Sessions;
using KubeIdP.Data.Audit;
using KubeIdP.Data.DeviceCodes;
using KubeIdP.Data.Factors;
using KubeIdP.Data.Jobs;
using KubeIdP.Data.Forms;
using KubeIdP.Data.Throttling;
using KubeIdP.Data.Keys;
using KubeIdP.Data.People;
using KubeIdP.Data.Sessions;
using KubeIdP.Data.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace KubeIdP.Data.Schema;

/// <summary>The one schema, on SQLite and PostgreSQL alike: plain types, snake case, moments as Unix milliseconds.</summary>
public sealed class KubeIdpDbContext(DbContextOptions<KubeIdpDbContext> options) : IdentityUserContext<Person>(options)
{
    public DbSet<Person> People => Users;

    public DbSet<Factor> Factors => Set<Factor>();

    public DbSet<RecoveryCode> RecoveryCodes => Set<RecoveryCode>();

    public DbSet<FormerName> FormerNames => Set<FormerName>();

    public DbSet<SetupLink> SetupLinks => Set<SetupLink>();

    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<Grant> Grants => Set<Grant>();

    public DbSet<SigningKey> SigningKeys => Set<SigningKey>();

    public DbSet<AuditEvent> AuditEvents => Set<AuditEvent>();

    public DbSet<AuditCheckpoint> AuditCheckpoints => Set<AuditCheckpoint>();

    public DbSet<FailureCounter> FailureCounters => Set<FailureCounter>();

    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    // Fixed here; otherwise the options that a host gives to Identity would change the model and the next migration.
    protected override Version SchemaVersion => IdentitySchemaVersions.Version1;

    // Identity's tables are mapped and then ignored on purpose, which need not be logged at every start.
    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) =>
        optionsBuilder.ConfigureWarnings(warnings => warnings.Ignore(CoreEventId.MappedEntityTypeIgnoredWarning));

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // Both databases compare, index and print numbers in the same way; SQLite can't order a DateTimeOffset.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UnixMilliseconds>();
        configurationBuilder.Properties<IReadOnlyList<string>>().HaveConversion<JsonList, ListComparer>();
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);

        // Of Identity's tables only the user table is used: groups come from the directory, and secrets are stored protected in our own
        // tables.
        builder.Ignore<IdentityUserClaim<string>>();
        builder.Ignore<IdentityUserLogin<string>>();
        builder.Ignore<IdentityUserToken<string>>();

        builder.Entity<Person>(person =>
        {
            person.ToTable("people");
            person.Ignore(p => p.PhoneNumber).Ignore(p => p.PhoneNumberConfirmed).Ignore(p => p.TwoFactorEnabled)
                .Ignore(p => p.LockoutEnabled).Ignore(p => p.LockoutEnd).Ignore(p => p.AccessFailedCount);
            person.HasIndex(p => new { p.Connector, p.UpstreamId }).IsUnique();

            // Anybody can send an invented invitation, which must not cause a scan of the whole table.
            person.HasIndex(p => p.InvitationHash);
            person.Property(p => p.UserName).IsRequired();
            person.Property(p => p.NormalizedUserName).IsRequired();

            // Nobody is looked up by email address, and a directory may contain addresses that are too long for an index.
            person.Metadata.RemoveIndex(person.HasIndex(p => p.NormalizedEmail).Metadata);
        });

        builder.Entity<Factor>(factor =>
        {
            factor.ToTable("factors");
            factor.HasOne<Person>().WithMany().HasForeignKey(f => f.PersonId);
        });

        builder.Entity<RecoveryCode>(code =>
        {
            code.ToTable("recovery_codes");
            code.HasKey(c => new { c.PersonId, c.Hash });
            code.HasOne<Person>().WithMany().HasForeignKey(c => c.PersonId);
        });

        builder.Entity<SetupLink>(link =>
        {
            link.ToTable("setup_links");
            link.Property(l => l.Id).ValueGeneratedNever();
        });

        builder.Entity<FormerName>(name =>
        {
            name.ToTable("former_names");
            name.HasKey(n => n.NormalizedUserName);
            name.HasOne<Person>().WithMany().HasForeignKey(n => n.PersonId);
        });

        builder.Entity<NightlyJob>(job =>
        {
            job.ToTable("jobs");
            job.HasKey(j => j.Name);
        });

        builder.Entity<Session>(session =>
        {
            session.ToTable("sessions");
            session.HasOne<Person>().WithMany().HasForeignKey(s => s.PersonId);
            session.HasIndex(s => s.EndsAt);

            // With a default: sessions are inserted without them, also by replicas of an earlier version.
            session.Property(s => s.Kind).HasDefaultValue(SessionKind.Browser);
            session.Property(s => s.CookieGeneration).HasDefaultValue(0);

            // For the list of live sessions, the latest first: most rows are of sessions that ended days ago.
            session.HasIndex(s => new { s.EndsAt, s.Id }).HasFilter("ended_at IS NULL");

            // Recently ended sessions are read several times a second. They are very few compared with live sessions and those that ended
            // long ago.
            session.HasIndex(s => s.EndedAt).HasFilter("ended_at IS NOT NULL");
        });

        builder.Entity<Grant>(grant =>
        {
            grant.ToTable("grants");
            grant.HasOne<Session>().WithMany().HasForeignKey(g => g.SessionId);
            grant.HasIndex(g => new { g.SessionId, g.ClientId });

            // For the live sessions of a cluster. A refresh changes none of these columns, so the index costs it nothing.
            grant.HasIndex(g => new { g.ClientId, g.SessionId }).HasFilter("ended_at IS NULL");
            grant.HasIndex(g => g.EndedAt).HasFilter("ended_at IS NOT NULL");

            // One login has one grant for each cluster, however often it is exchanged.
            grant.HasIndex(g => new { g.ParentGrantId, g.ClientId }).IsUnique()
                .HasFilter("parent_grant_id IS NOT NULL AND ended_at IS NULL");

            // With a default, because replicas of an earlier version insert grants without it.
            grant.Property(g => g.LogoutAttempts).HasDefaultValue(0);

            // For pending logout notifications. A refresh changes none of these columns either.
            grant.HasIndex(g => new { g.ClientId, g.LogoutDueAt }).HasFilter("logout_due_at IS NOT NULL AND ended_at IS NOT NULL");
        });

        builder.Entity<SigningKey>(key =>
        {
            key.ToTable("signing_keys");
            key.HasKey(k => new { k.Algorithm, k.Sequence });
            key.HasIndex(k => k.KeyId).IsUnique();
        });

        builder.Entity<AuditEvent>(audit =>
        {
            audit.ToTable("audit_events");
            audit.HasIndex(a => new { a.At, a.Id });

            // With these indexes each filter of the audit page reads only its own events, in the order in which they are shown.
            audit.HasIndex(a => new { a.Type, a.At, a.Id });
            audit.HasIndex(a => new { a.Actor, a.At, a.Id });
            audit.HasIndex(a => new { a.PersonId, a.At, a.Id });
            audit.HasIndex(a => new { a.SessionId, a.At, a.Id });
            audit.HasIndex(a => new { a.ClientId, a.At, a.Id });
            audit.HasIndex(a => new { a.Address, a.At, a.Id });

            // For the events of a checkpoint, and the events that no checkpoint covers yet.
            audit.HasIndex(a => new { a.Checkpoint, a.Id });
        });

        builder.Entity<AuditCheckpoint>(checkpoint =>
        {
            checkpoint.ToTable("audit_checkpoints");
            checkpoint.HasKey(s => s.Number);
            checkpoint.Property(s => s.Number).ValueGeneratedNever();

            // For checkpoints that are not exported yet; AuditExportStore uses the same condition.
            checkpoint.Property(s => s.Exported).HasDefaultValue(false);
            checkpoint.HasIndex(s => s.Number).HasFilter("NOT exported");
        });

        builder.Entity<WrappedAuditKey>(key =>
        {
            key.ToTable("audit_keys");
            key.HasKey(k => k.Number);
            key.Property(k => k.Number).ValueGeneratedNever();
        });

        builder.Entity<UsedAssertion>(used =>
        {
            used.ToTable("used_assertions");
            used.HasKey(u => new { u.ClientId, u.AssertionId });
            used.HasIndex(u => new { u.ClientId, u.ExpiresAt });
        });

        builder.Entity<FailureCounter>(counter =>
        {
            counter.ToTable("failure_counters");
            counter.HasKey(c => c.Bucket);
            counter.Property(c => c.Bucket).ValueGeneratedNever();
            counter.Property(c => c.Pending).HasDefaultValue(0);
            counter.Property(c => c.TakenAt).HasDefaultValue(DateTimeOffset.UnixEpoch);
        });

        builder.Entity<DeviceRequest>(request =>
        {
            request.ToTable("device_requests");
            request.HasIndex(r => r.UserCodeHash).IsUnique();
            request.HasIndex(r => r.ExpiresAt);
        });

        builder.Entity<SentForm>().ToTable("sent_forms");
        builder.Entity<DataProtectionKey>().ToTable("data_protection_keys");

        foreach (var type in builder.Model.GetEntityTypes())
            SpeakSnakeCase(type);
    }

    private static void SpeakSnakeCase(IMutableEntityType type)
    {
        foreach (var property in type.GetProperties())
        {
            property.SetColumnName(SnakeCase(property.Name));

            // Identity bounds names and addresses to 256. PostgreSQL would enforce that and SQLite would not; the length of input is
            // limited where it is received.
            property.SetMaxLength(null);
        }

        var table = type.GetTableName();
        foreach (var key in type.GetKeys())
            key.SetName($"pk_{table}");
        foreach (var index in type.GetIndexes())
            index.SetDatabaseName($"ix_{table}_{Columns(index.Properties)}");
        foreach (var reference in type.GetForeignKeys())
            reference.SetConstraintName($"fk_{table}_{Columns(reference.Properties)}");
    }

    private static string Columns(IEnumerable<IReadOnlyProperty> properties) =>
        string.Join('_', properties.Select(property => SnakeCase(property.Name)));

    private static string SnakeCase(string name) =>
        string.Concat(
            name.Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{char.ToLowerInvariant(c)}" : char.ToLowerInvariant(c).ToString()));

    private sealed class UnixMilliseconds() : ValueConverter<DateTimeOffset, long>(
        moment => moment.ToUnixTimeMilliseconds(),
        number => DateTimeOffset.FromUnixTimeMilliseconds(number));

    private sealed class JsonList() : ValueConverter<IReadOnlyList<string>, string>(
        list => TextList.Write(list),
        text => TextList.Read(text));

    private sealed class ListComparer() : ValueComparer<IReadOnlyList<string>>(
        (left, right) => left!.SequenceEqual(right!),
        list => list.Aggregate(0, (hash, item) => HashCode.Combine(hash, item.GetHashCode(StringComparison.Ordinal))),
        list => list.ToList());
}
