// Declares a group with one member in three ways: by the client that Kiota has generated, by HttpClient, and by the queues.
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Azure.Storage.Queues;
using ExternalGroups;
using ExternalGroups.Models;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Http.HttpClientLibrary;

var adapter = Environment.GetEnvironmentVariable("ADAPTER") ?? throw new InvalidOperationException("ADAPTER is not set");
var key = Environment.GetEnvironmentVariable("KEY") ?? "";

// 1. Kiota. An answer is the record; with dryRun it is the plan, told by DryRun.
var keyed = new ApiKeyAuthenticationProvider(key, "x-functions-key", ApiKeyAuthenticationProvider.KeyLocation.Header);
var client = new GroupsClient(new HttpClientRequestAdapter(keyed) { BaseUrl = $"{adapter}/api" });
var group = client.Connections["contosohr"].Groups["lateshift"];
var ann = new Member
{
    UserMember = new UserMember { Type = "user", Id = "6f8d1c1e-52a4-4a0a-9d65-0b7a5c4f0a11" },
};
try
{
    var plan = await group.PutAsync(new DeclaredGroup { DisplayName = "Late shift" }, it => it.QueryParameters.DryRun = true);
    Console.WriteLine($"plan: {plan?.Group}");
    await group.PutAsync(new DeclaredGroup { DisplayName = "Late shift" });
    var record = await group.Members.PutAsync(new Members { MembersProp = [ann] });
    Console.WriteLine($"record: {record?.State}, {record?.Members?.Applied} applied");
}
catch (Problem problem)
{
    // Its message is the detail.
    Console.WriteLine($"{problem.Status} {problem.Type}: {problem.Message}");
    throw;
}

// 2. HttpClient. StringContent has a length; PostAsJsonAsync has none, and is answered 411.
using var http = new HttpClient();
http.DefaultRequestHeaders.Add("x-functions-key", key);
var body = JsonSerializer.Serialize(new { id = "fromHttpClient", displayName = "From HttpClient" });
using var content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
using var answer = await http.PostAsync($"{adapter}/api/connections/contosohr/groups", content);
Console.WriteLine($"HttpClient: {(int)answer.StatusCode}");

// 3. Queues, plain text or base64.
if (Environment.GetEnvironmentVariable("STORAGE") is { Length: > 0 } storage)
{
    var sequence = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
    var creation = JsonSerializer.Serialize(new { connectionId = "contosohr", group = new { id = "fromQueue" } });
    var change = JsonSerializer.Serialize(
        new { connectionId = "contosohr", groupId = "fromChanges", sequence, group = new { displayName = "From a queue" } });
    await new QueueClient(storage, "external-group-creations").SendMessageAsync(creation);
    var options = new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 };
    await new QueueClient(storage, "external-group-changes", options).SendMessageAsync(change);
    Console.WriteLine("queues: sent");
}
