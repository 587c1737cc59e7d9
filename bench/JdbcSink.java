// What Spark's JDBC sink does with a file (org.apache.spark.sql.execution.datasources.jdbc.JdbcUtils.savePartition, defaults): a prepared single-row INSERT,
// addBatch, executeBatch after 1,000 rows, one commit at the end of the partition; two partitions at a time. With the PostgreSQL JDBC driver's defaults.
// Usage: java -cp postgresql.jar JdbcSink.java URL FILE...
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

public final class JdbcSink {
    static final int BATCH_SIZE = 1000;

    public static void main(String[] args) throws Exception {
        var threads = Executors.newFixedThreadPool(2);
        List<Callable<Void>> partitions = new ArrayList<>();
        for (String file : Arrays.copyOfRange(args, 1, args.length)) partitions.add(() -> save(args[0], Path.of(file)));
        for (Future<Void> done : threads.invokeAll(partitions)) done.get();
        threads.shutdown();
    }

    static Void save(String url, Path file) throws Exception {
        try (Connection connection = DriverManager.getConnection(url); var lines = Files.newBufferedReader(file)) {
            connection.setAutoCommit(false);
            lines.readLine();
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO events (user_id, action, product_id, product_name, price, event_time, session_id) VALUES (?, ?, ?, ?, ?, ?, ?)")) {
                int rows = 0;
                for (String line; (line = lines.readLine()) != null;) {
                    List<String> fields = split(line);
                    insert.setLong(1, Long.parseLong(fields.get(0)));
                    insert.setString(2, fields.get(1));
                    if (fields.get(2).isEmpty()) insert.setNull(3, Types.BIGINT); else insert.setLong(3, Long.parseLong(fields.get(2)));
                    insert.setString(4, fields.get(3));
                    if (fields.get(4).isEmpty()) insert.setNull(5, Types.NUMERIC); else insert.setBigDecimal(5, new BigDecimal(fields.get(4)));
                    insert.setTimestamp(6, Timestamp.from(OffsetDateTime.parse(fields.get(5)).toInstant()));
                    insert.setString(7, fields.get(6));
                    insert.addBatch();
                    if (++rows % BATCH_SIZE == 0) insert.executeBatch();
                }
                if (rows % BATCH_SIZE > 0) insert.executeBatch();
            }
            connection.commit();
        }
        return null;
    }

    static List<String> split(String line) {
        List<String> fields = new ArrayList<>(8);
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quoted && c == '"' && i + 1 < line.length() && line.charAt(i + 1) == '"') field.append(line.charAt(++i));
            else if (c == '"') quoted = !quoted;
            else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else field.append(c);
        }
        fields.add(field.toString());
        return fields;
    }
}
