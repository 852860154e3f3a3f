using System.Reflection;
using KubeIdP.Server;
using Microsoft.Extensions.Logging;
using Xunit;

namespace KubeIdP.Architecture.Tests;

public sealed class LogEventTests
{
    /// <summary>Runbooks and people's searches go by the number.</summary>
    [Fact]
    public void No_two_log_messages_have_the_same_number()
    {
        var messages = typeof(Settings).Assembly.GetTypes()
            .SelectMany(type =>
                type.GetMethods(
                    BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method =>
                (Method: $"{method.DeclaringType!.Name}.{method.Name}", method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId))
                    .Where(message => message.EventId is not null).ToList();

        Assert.NotEmpty(messages);
        Assert.All(messages.GroupBy(message => message.EventId), same => Assert.Single(same));
    }

    /// <summary>In an outage a stack for each refused request or run hides the cause, which the message names.</summary>
    [Fact]
    public void A_stack_is_logged_for_a_bug_alone()
    {
        var stacks = typeof(Settings).Assembly.GetTypes()
            .SelectMany(type =>
                type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(method => method.GetCustomAttribute<LoggerMessageAttribute>() is not null
            && method.GetParameters().Any(parameter => parameter.ParameterType.IsAssignableTo(typeof(Exception))))
            .Select(method => $"{method.DeclaringType!.Name}.{method.Name}");

        Assert.Equal(["RuntimeLog.JobFailed", "WebLog.Bug"], stacks.Order(StringComparer.Ordinal));
    }
}
